/* SPDX-License-Identifier: MIT */
/* Words of the debriefing's page. A row has them in English, Portuguese and Spanish. */
#include "grader/story/debrief_parts.h"

#include <string.h>

static const char *const words[N_TOLD][LANGUAGES] = {
    [TOLD_DEBRIEFING] = {"Debriefing",                                                                      "Balanço",                                  "Balance"                                                                                          },
    [TOLD_KEY] =
        {"This page tells everything: it is for the lesson after the exercise. Its links and commands work when it lies in "
         "the lab's folder.",                                                      "Esta página conta tudo: é para a aula depois do exercício. As ligações e os comandos funcionam quando ela está "
         "na pasta do laboratório.",                                                              "Esta página lo cuenta todo: es para la clase después del ejercicio. Sus enlaces y comandos funcionan cuando está "
         "en la carpeta del laboratorio."                                                                                                                        },
    [TOLD_SUMMARY] = {"In short",                                                                        "Em resumo",                                 "En resumen"                                                                                       },
    [TOLD_STORY] = {"What happened",                                                                   "O que aconteceu",                           "Qué pasó"                                                                                       },
    [TOLD_DECOYS] = {"What is easily missed",                                                           "O que facilmente engana",                   "Lo que engaña fácilmente"                                                                       },
    [TOLD_TECHNIQUES] = {"Techniques",                                                                      "Técnicas",                                 "Técnicas"                                                                                        },
    [TOLD_QUESTIONS] = {"Questions and answers",                                                           "Perguntas e respostas",                     "Preguntas y respuestas"                                                                           },
    [TOLD_REPAIRS] = {"Repairs",                                                                         "Reparações",                              "Reparaciones"                                                                                     },
    [TOLD_SEED] = {"Seed",                                                                            "Semente",                                   "Semilla"                                                                                          },
    [TOLD_STUDENT] = {"Student",                                                                         "Estudante",                                 "Estudiante"                                                                                       },
    [TOLD_ACCOUNT] = {"Account",                                                                         "Conta",                                     "Cuenta"                                                                                           },
    [TOLD_STEPS] = {"Steps",                                                                           "Passos",                                    "Pasos"                                                                                            },
    [TOLD_STEPS_OF_INTRUDERS] = {"of intruders",                                                                    "de intrusos",                               "de intrusos"                                                                                      },
    [TOLD_FIRST] = {"The intruder's first step",                                                       "Primeiro passo do intruso",                 "Primer paso del intruso"                                                                          },
    [TOLD_LAST] = {"The intruder's last step",                                                        "Último passo do intruso",                  "Último paso del intruso"                                                                         },
    [TOLD_LASTED] = {"Between them",                                                                    "Entre os dois",                             "Entre los dos"                                                                                    },
    [TOLD_PICTURE] = {"The timeline as a picture",                                                       "A linha do tempo em imagem",                "La línea de tiempo en imagen"                                                                    },
    [TOLD_KEY_ATTACK] = {"a step with a technique",                                                         "um passo com uma técnica",                 "un paso con una técnica"                                                                         },
    [TOLD_KEY_OTHERS] = {"everything else; pauses by their logarithm",                                      "o resto; as pausas são logarítmicas",
                         "lo demás; las pausas son logarítmicas"                                                                                                                                                                                          },
    [TOLD_SKIP] = {"Skip to the story",                                                               "Saltar para a história",                   "Saltar a la historia"                                                                             },
    [TOLD_CONTENTS] = {"Contents",                                                                        "Índice",                                   "Índice"                                                                                          },
    [TOLD_UTC] = {"All times are UTC.",                                                              "Todas as horas são UTC.",                  "Todas las horas son UTC."                                                                         },
    [TOLD_AFTER_THAT] = {"later",                                                                           "depois",                                    "después"                                                                                         },
    [TOLD_AS_STUDENT] = {"the student",                                                                     "o estudante",                               "el estudiante"                                                                                    },
    [TOLD_AS_INTRUDER] = {"intruder",                                                                        "intruso",                                   "intruso"                                                                                          },
    [TOLD_AS_COLLEAGUE] = {"colleague",                                                                       "colega",                                    "colega"                                                                                           },
    [TOLD_FROM] = {"from",                                                                            "de",                                        "desde"                                                                                            },
    [TOLD_ON] = {"on the server",                                                                   "no servidor",                               "en el servidor"                                                                                   },
    [TOLD_REFUSED] = {"refused",                                                                         "recusado",                                  "rechazado"                                                                                        },
    [TOLD_TIMES] = {"times",                                                                           "vezes",                                     "veces"                                                                                            },
    [TOLD_WHY] = {"Why it matters",                                                                  "Porque importa",                            "Por qué importa"                                                                                 },
    [TOLD_EVIDENCE] = {"Evidence",                                                                        "Provas",                                    "Pruebas"                                                                                          },
    [TOLD_NO_EVIDENCE] = {"leaves no trace in what was delivered",                                           "não deixa vestígios no que foi entregue",
                         "no deja huella en lo entregado"                                                                                                                                                                                                   },
    [TOLD_LINE] = {"line",                                                                            "linha",                                     "línea"                                                                                           },
    [TOLD_RECORD] = {"record",                                                                          "registo",                                   "registro"                                                                                         },
    [TOLD_EVENT] = {"event id",                                                                        "id do evento",                              "id del evento"                                                                                    },
    [TOLD_SHOWN_BY] = {"Shown by",                                                                        "Mostra-o",                                  "Lo muestra"                                                                                       },
    [TOLD_TAKEN_FOR] = {"decoy",                                                                           "engodo",                                    "señuelo"                                                                                         },
    [TOLD_DECOYS_ARE] = {"Answers that look right, repairs that go too far, and what speaks against them.",
                         "Respostas que parecem certas, reparações que vão longe demais, e o que fala contra elas.",                                  "Respuestas que parecen correctas, reparaciones que van demasiado lejos, y lo que habla en contra."},
    [TOLD_WHOEVER_ANSWERS] = {"Wrong answer",                                                                    "Resposta errada",                           "Respuesta equivocada"                                                                             },
    [TOLD_WHAT_SPEAKS_AGAINST] = {"What speaks against it",                                                          "O que fala contra ela",                     "Lo que habla en contra"                                                                           },
    [TOLD_STEP] = {"step",                                                                            "passo",                                     "paso"                                                                                             },
    [TOLD_TECHNIQUE] = {"Technique",                                                                       "Técnica",                                  "Técnica"                                                                                         },
    [TOLD_NAME] = {"Name",                                                                            "Nome",                                      "Nombre"                                                                                           },
    [TOLD_TACTIC] = {"Tactic",                                                                          "Tática",                                   "Táctica"                                                                                         },
    [TOLD_VERSION] = {"Ids of MITRE ATT&CK, version",                                                    "Identificadores da MITRE ATT&CK, versão",
                         "Identificadores de MITRE ATT&CK, versión"                                                                                                                                                                                        },
    [TOLD_QUESTION] = {"Question",                                                                        "Pergunta",                                  "Pregunta"                                                                                         },
    [TOLD_ANSWER] = {"Answer",                                                                          "Resposta",                                  "Respuesta"                                                                                        },
    [TOLD_POINTS] = {"points",                                                                          "pontos",                                    "puntos"                                                                                           },
    [TOLD_FOUND_WITH] = {"Found with",                                                                      "Encontra-se com",                           "Se encuentra con"                                                                                 },
    [TOLD_FOUND_IN] = {"Found in",                                                                        "Encontra-se em",                            "Se encuentra en"                                                                                  },
    [TOLD_RESTS_ON] = {"Rests on",                                                                        "Assenta em",                                "Se apoya en"                                                                                      },
    [TOLD_HINTS] = {"Hints",                                                                           "Pistas",                                    "Pistas"                                                                                           },
    [TOLD_SOLUTION_IS] = {"The reference solution, in order. Any other way to the same state is as good.",
                         "A solução de referência, por ordem. Qualquer outro caminho para o mesmo estado vale o mesmo.",                              "La solución de referencia, en orden. Cualquier otro camino al mismo estado vale lo mismo."       },
    [TOLD_EARNS] = {"Serves",                                                                          "Serve",                                     "Sirve para"                                                                                       },
    [TOLD_CHECKS] = {"What is checked",                                                                 "O que é verificado",                       "Qué se comprueba"                                                                                },
    [TOLD_HOLDS] = {"Must hold",                                                                       "Tem de se verificar",                       "Debe cumplirse"                                                                                   },
    [TOLD_WORTH] = {"Worth",                                                                           "Vale",                                      "Vale"                                                                                             },
    [TOLD_VETO] = {"everything",                                                                      "tudo",                                      "todo"                                                                                             },
    [TOLD_OTHER_RIGHT] = {"As right",                                                                        "Igualmente certo",                          "Igual de correcto"                                                                                },
    [TOLD_TOO_MUCH] = {"Repairs that go wrong",                                                           "Reparações que falham",                   "Reparaciones que fallan"                                                                          },
    [TOLD_COSTS] = {"It costs",                                                                        "Custa",                                     "Cuesta"                                                                                           },
    [TOLD_MADE_BY] = {"Made by",                                                                         "Feito por",                                 "Hecho con"                                                                                        },
    [TOLD_NOTHING] = {"Nothing.",                                                                        "Nada.",                                     "Nada."                                                                                            },
};

const char *told(const char *language, enum told w)
{
    for (size_t i = 1; i < LANGUAGES; i++)
        if (text_same(language, scenario_languages[i]))
            return words[w][i];
    return words[w][0];
}
