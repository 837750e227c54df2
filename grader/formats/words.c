/* SPDX-License-Identifier: MIT */
/* Words of pages for people. A row has the word in English, Portuguese and Spanish. */
#include "grader/formats/words.h"

enum { EN, PT, ES }; /* as in scenario_languages */

static const char *const words[N_WORDS][LANGUAGES] = {
    [WORD_STUDENT] = {"Student",                                     "Estudante",                                        "Estudiante"                    },
    [WORD_LAB] = {"Lab",                                         "Laboratório",                                     "Laboratorio"                   },
    [WORD_NOT_ANSWERED] = {"Not answered",                                "Sem resposta",                                     "Sin respuesta"                 },
    [WORD_SCORE] = {"Score",                                       "Pontuação",                                      "Puntuación"                   },
    [WORD_SCORE_IS] = {"points",                                      "pontos",                                           "puntos"                        },
    [WORD_NOT_GRADED] = {"Not graded",                                  "Não avaliado",                                    "No evaluado"                   },
    [WORD_NO_ATTEMPT] = {"This uses up no attempt.",                    "Isto não gasta nenhuma tentativa.",               "Esto no gasta ningún intento."},
    [WORD_VETO] = {"This does not hold, so nothing else counts:", "Isto não se verifica, por isso nada mais conta:",
                      "Esto no se cumple, así que nada más cuenta:"                                                                                    },
    [WORD_SUMMARY] = {"Points by part",                              "Pontos por parte",                                 "Puntos por parte"              },
    [WORD_CAPTION] = {"Each item with its result and points",        "Cada item com o seu resultado e pontos",
                      "Cada elemento con su resultado y puntos"                                                                                          },
    [WORD_QUESTIONS] = {"Questions",                                   "Perguntas",                                        "Preguntas"                     },
    [WORD_REPAIRS] = {"Repairs",                                     "Reparações",                                     "Reparaciones"                  },
    [WORD_KEPT] = {"Must be kept",                                "A manter",                                         "Debe conservarse"              },
    [WORD_ITEM] = {"Item",                                        "Item",                                             "Elemento"                      },
    [WORD_RESULT] = {"Result",                                      "Resultado",                                        "Resultado"                     },
    [WORD_POINTS] = {"Points",                                      "Pontos",                                           "Puntos"                        },
    [WORD_OF] = {"of",                                          "de",                                               "de"                            },
    [WORD_FOUND] = {"Found",                                       "Encontrado",                                       "Encontrado"                    },
    [WORD_EXPECTED] = {"Expected",                                    "Esperado",                                         "Esperado"                      },
    [WORD_SEE] = {"To be seen in",                               "Vê-se em",                                        "Se ve en"                      },
    [WORD_QUERY] = {"Query that shows it",                         "Consulta que o mostra",                            "Consulta que lo muestra"       },
    [WORD_HINTS] = {"Hints taken",                                 "Pistas usadas",                                    "Pistas usadas"                 },
    [WORD_HINTS_COST] = {"they cost",                                   "custaram",                                         "costaron"                      },
    [WORD_NOTES] = {"Notes",                                       "Notas",                                            "Notas"                         },
    [WORD_RECEIPT] = {"Receipt",                                     "Recibo",                                           "Recibo"                        },
    [WORD_DETAILS] = {"What was lost, and why",                      "O que se perdeu, e porquê",                       "Qué se perdió y por qué"    },
    [WORD_LINE] = {"line",                                        "linha",                                            "línea"                        },
    [WORD_TOTAL] = {"Total",                                       "Total",                                            "Total"                         },
    [WORD_PASS] = {"Right",                                       "Certo",                                            "Correcto"                      },
    [WORD_PARTIAL] = {"Partly right",                                "Parcialmente certo",                               "Parcialmente correcto"         },
    [WORD_FAIL] = {"Not right",                                   "Não certo",                                       "No correcto"                   },
    [WORD_SKIPPED] = {"Skipped",                                     "Saltado",                                          "Omitido"                       },
    [WORD_ERROR] = {"Could not be decided",                        "Não foi possível decidir",                       "No se pudo decidir"            },
    [WORD_UNGRADABLE] = {"Cannot be read",                              "Ilegível",                                        "Ilegible"                      },
    [WORD_MANUAL] = {"Marked by a person",                          "Avaliado por uma pessoa",                          "Evaluado por una persona"      },
    [WORD_KEPT_PASS] = {"Kept",                                        "Mantido",                                          "Conservado"                    },
    [WORD_KEPT_FAIL] = {"Not kept",                                    "Não mantido",                                     "No conservado"                 },
    [WORD_COUNTS] = {"How it counts",                               "Como conta",                                       "Cómo cuenta"                  },
    [WORD_WAITING] = {"Points that a person still decides on",       "Pontos que uma pessoa ainda decide",
                      "Puntos que una persona aún decide"                                                                                               },
};

static int language_of(const char *language)
{
    return text_same(language, "pt") ? PT : text_same(language, "es") ? ES : EN;
}

const char *word(const char *language, enum word w)
{
    return words[w][language_of(language)];
}

const char *outcome_word(const char *language, enum judged outcome)
{
    return word(language, (enum word)(WORD_PASS + outcome));
}

void str_add_local_points(struct str *out, const char *language, int64_t hundredths)
{
    size_t from = out->len;
    str_add_points(out, hundredths);
    for (size_t i = from; i < out->len && language_of(language) != EN; i++)
        if (out->s[i] == '.')
            out->s[i] = ',';
}
