/* SPDX-License-Identifier: MIT */
/* A row has the phrase in English, Portuguese and Spanish. */
#include "grader/batch/phrases.h"

static const char *const phrases[N_PHRASES][LANGUAGES] = {
    [PHRASE_CLASS] = {"%zu students, %zu handed in, %zu have a grade.",                               "%zu estudantes, %zu entregaram, %zu têm nota.",
                      "%zu estudiantes, %zu entregaron, %zu tienen nota."                                                                                                                                                                                                                                           },
    [PHRASE_SCORES] = {"Scores",                                                                       "Pontuações",                                                                                             "Puntuaciones"                                                                                    },
    [PHRASE_SCORES_ARE] = {"%zu grades: mean %.1f %%, median %d %%, lowest %d %%, highest %d %%.",
                      "%zu notas: média %.1f %%, mediana %d %%, mínima %d %%, máxima %d %%.",                                                                                                                  "%zu notas: media %.1f %%, mediana %d %%, mínima %d %%, máxima %d %%."                          },
    [PHRASE_SCORES_CAPTION] = {"How many students have which score",                                           "Quantos estudantes têm que pontuação",
                      "Cuántos estudiantes tienen qué puntuación"                                                                                                                                                                                                                                                },
    [PHRASE_SCORE] = {"Score",                                                                        "Pontuação",                                                                                              "Puntuación"                                                                                     },
    [PHRASE_STUDENTS] = {"Students",                                                                     "Estudantes",                                                                                               "Estudiantes"                                                                                     },
    [PHRASE_BIN] = {"%zu to under %zu %%",                                                          "%zu a menos de %zu %%",                                                                                    "%zu a menos de %zu %%"                                                                           },
    [PHRASE_LAST_BIN] = {"%zu to %zu %%",                                                                "%zu a %zu %%",                                                                                             "%zu a %zu %%"                                                                                    },
    [PHRASE_NONE] = {"none",                                                                         "não há",                                                                                                 "no hay"                                                                                          },
    [PHRASE_ITEMS] = {"Items",                                                                        "Itens",                                                                                                    "Elementos"                                                                                       },
    [PHRASE_ITEMS_NOTE] =
        {"Facility: the share of an item's points that the class got; of what must be kept, the share of students who kept "
         "it. First: the same of everybody's first attempt. Discrimination: how far those who get this item also get the "
         "rest (correlation, from -1 to 1). With few students both are rough.", "Facilidade: a parte dos pontos de um item que a turma obteve; do que se deve manter, a parte dos estudantes que o "
         "manteve. Primeira: o mesmo da primeira tentativa de cada um. Discriminação: até que ponto quem acerta neste item "
         "também acerta no resto (correlação, de -1 a 1). Com poucos estudantes ambas são aproximadas.", "Facilidad: la parte de los puntos de un elemento que la clase obtuvo; de lo que debe conservarse, la parte de los "
         "estudiantes que lo conservó. Primera: lo mismo del primer intento de cada uno. Discriminación: hasta qué punto "
         "quien acierta este elemento también acierta el resto (correlación, de -1 a 1). Con pocos estudiantes ambas son "
         "aproximadas."                                                                            },
    [PHRASE_ITEMS_CAPTION] = {"How each item did",                                                            "Como correu cada item",                                                                                    "Cómo resultó cada elemento"                                                                    },
    [PHRASE_ITEM] = {"Item",                                                                         "Item",                                                                                                     "Elemento"                                                                                        },
    [PHRASE_RIGHT] = {"Right",                                                                        "Certo",                                                                                                    "Correcto"                                                                                        },
    [PHRASE_RIGHT_OF] = {"%zu of %zu",                                                                   "%zu de %zu",                                                                                               "%zu de %zu"                                                                                      },
    [PHRASE_PARTLY] = {"Partly",                                                                       "Em parte",                                                                                                 "En parte"                                                                                        },
    [PHRASE_FACILITY] = {"Facility",                                                                     "Facilidade",                                                                                               "Facilidad"                                                                                       },
    [PHRASE_FIRST] = {"First",                                                                        "Primeira",                                                                                                 "Primera"                                                                                         },
    [PHRASE_DISCRIMINATION] = {"Discrimination",                                                               "Discriminação",                                                                                          "Discriminación"                                                                                 },
    [PHRASE_TRIES] = {"Attempts until right",                                                         "Tentativas até acertar",                                                                                  "Intentos hasta acertar"                                                                          },
    [PHRASE_HINTS] = {"Hints",                                                                        "Pistas",                                                                                                   "Pistas"                                                                                          },
    [PHRASE_REMARKS] = {"Remarks",                                                                      "Observações",                                                                                            "Observaciones"                                                                                   },
    [PHRASE_NOBODY_HAS_IT] = {"nobody has it: is the key right?",                                             "ninguém acertou: a solução está certa?",
                      "nadie acertó: ¿es correcta la solución?"                                                                                                                                                                                                                                                  },
    [PHRASE_EVERYBODY_HAS_IT] = {"everybody has it",                                                             "toda a gente acertou",                                                                                     "todo el mundo acertó"                                                                           },
    [PHRASE_GOOD_MISS_IT] = {"those who do well elsewhere miss it: read it again",
                      "quem acerta no resto falha aqui: volta a ler o item",                                                                                                                                      "quien acierta el resto falla aquí: vuelve a leer el elemento"                                   },
    [PHRASE_TELLS_LITTLE] = {"tells good from weak work only a little",                                      "distingue pouco o trabalho bom do fraco",
                      "distingue poco el trabajo bueno del flojo"                                                                                                                                                                                                                                                   },
    [PHRASE_GRADES] = {"Grades",                                                                       "Notas",                                                                                                    "Notas"                                                                                           },
    [PHRASE_GRADES_CAPTION] = {"Every student's grade, and what it was made from",
                      "A nota de cada estudante, e de que foi feita",                                                                                                                                             "La nota de cada estudiante, y de qué se hizo"                                                   },
    [PHRASE_STUDENT] = {"Student",                                                                      "Estudante",                                                                                                "Estudiante"                                                                                      },
    [PHRASE_NAME] = {"Name",                                                                         "Nome",                                                                                                     "Nombre"                                                                                          },
    [PHRASE_PERCENT] = {"Per cent",                                                                     "Por cento",                                                                                                "Por ciento"                                                                                      },
    [PHRASE_ATTEMPTS] = {"Attempts",                                                                     "Tentativas",                                                                                               "Intentos"                                                                                        },
    [PHRASE_MATRIX] = {"Who got what",                                                                 "Quem acertou em quê",                                                                                     "Quién acertó qué"                                                                             },
    [PHRASE_MATRIX_NOTE] =
        {"yes: right or kept; part: partly right; no: not right; skip: not graded, because something before it is missing; "
         "hand: a person marks it; ?: could not be decided.",                   "sim: certo ou mantido; parte: parcialmente certo; não: não certo; salto: não avaliado, porque falta algo antes; mão: "
         "avaliado por uma pessoa; ?: não foi possível decidir.",                                                            "sí: correcto o conservado; parte: parcialmente correcto; no: no correcto; salto: no evaluado, porque falta algo "
         "anterior; mano: lo evalúa una persona; ?: no se pudo decidir."                                                                                     },
    [PHRASE_MATRIX_CAPTION] = {"Students and items",                                                           "Estudantes e itens",                                                                                       "Estudiantes y elementos"                                                                         },
    [PHRASE_YES] = {"yes",                                                                          "sim",                                                                                                      "sí"                                                                                             },
    [PHRASE_PART] = {"part",                                                                         "parte",                                                                                                    "parte"                                                                                           },
    [PHRASE_NO] = {"no",                                                                           "não",                                                                                                     "no"                                                                                              },
    [PHRASE_SKIP] = {"skip",                                                                         "salto",                                                                                                    "salto"                                                                                           },
    [PHRASE_HAND] = {"hand",                                                                         "mão",                                                                                                     "mano"                                                                                            },
    [PHRASE_ALIKE] = {"What is alike",                                                                "O que é parecido",                                                                                        "Lo que se parece"                                                                                },
    [PHRASE_ALIKE_NOTE] =
        {"Of %zu students with a grade. This is evidence to look at, not a verdict: pairs may have been allowed, the shortest "
         "way to a repair is the same for everybody, and an answer can be a slip of the clipboard. How common each thing is "
         "in this class stands beside it.",                                     "De %zu estudantes com nota. Isto são indícios a ver, não um veredicto: o trabalho a pares pode ter sido permitido, "
         "o caminho mais curto para uma reparação é o mesmo para todos, e uma resposta pode ser um engano ao colar. Ao lado "
         "está quão comum cada coisa é nesta turma.",                                                                                         "De %zu estudiantes con nota. Esto son indicios para mirar, no un veredicto: el trabajo en parejas pudo estar "
         "permitido, el camino más corto a una reparación es el mismo para todos, y una respuesta puede ser un error al "
         "pegar. Al lado está cuán común es cada cosa en esta clase."                                                                                                                   },
    [PHRASE_ALIKE_NOTHING] = {"Nothing was found.",                                                           "Nada foi encontrado.",                                                                                     "No se encontró nada."                                                                           },
    [PHRASE_ALIKE_CAPTION] = {"What students' work has in common, rarest first",
                      "O que os trabalhos têm em comum, o mais raro primeiro",                                                                                                                                   "Lo que los trabajos tienen en común, lo más raro primero"                                      },
    [PHRASE_KIND] = {"Kind",                                                                         "Tipo",                                                                                                     "Tipo"                                                                                            },
    [PHRASE_WHAT] = {"What",                                                                         "O quê",                                                                                                   "Qué"                                                                                            },
    [PHRASE_HOW_COMMON] = {"How common here",                                                              "Quão comum aqui",                                                                                         "Cuán común aquí"                                                                              },
    [PHRASE_MORE] = {" and %zu more",                                                                " e mais %zu",                                                                                              " y %zu más"                                                                                     },
    [PHRASE_LIKE_VALUE] = {"another's value",                                                              "valor de outra pessoa",                                                                                    "valor de otra persona"                                                                           },
    [PHRASE_LIKE_LAB] = {"another's lab",                                                                "laboratório de outra pessoa",                                                                             "laboratorio de otra persona"                                                                     },
    [PHRASE_LIKE_BYTES] = {"same bytes",                                                                   "os mesmos bytes",                                                                                          "los mismos bytes"                                                                                },
    [PHRASE_LIKE_ANSWERS] = {"same answers",                                                                 "as mesmas respostas",                                                                                      "las mismas respuestas"                                                                           },
    [PHRASE_LIKE_STEPS] = {"same steps",                                                                   "os mesmos passos",                                                                                         "los mismos pasos"                                                                                },
    [PHRASE_LIKE_TEXT] = {"near-identical text",                                                          "texto quase idêntico",                                                                                    "texto casi idéntico"                                                                            },
    [PHRASE_VALUE_WHAT] = {"answer to \"%s\": %s (%s)",                                                    "resposta a \"%s\": %s (%s)",                                                                               "respuesta a \"%s\": %s (%s)"                                                                     },
    [PHRASE_VALUE_BASE] = {"of everybody with a grade only the second one has this value",
                      "de todos os que têm nota só a segunda pessoa tem este valor",                                                                                                                            "de todos los que tienen nota solo la segunda persona tiene este valor"                           },
    [PHRASE_LAB_BASE] = {"labs are drawn from the class's secret and the student's id",
                      "os laboratórios são sorteados a partir do segredo da turma e da identificação do estudante",                                                                                           "los laboratorios se sortean a partir del secreto de la clase y la identificación del estudiante"},
    [PHRASE_BYTES_WHAT] = {"the same file was handed in",                                                  "foi entregue o mesmo ficheiro",                                                                            "se entregó el mismo archivo"                                                                    },
    [PHRASE_ANSWERS_WHAT] = {"sheets say the same, word for word, though variants differ",
                      "as folhas dizem o mesmo, palavra por palavra, embora as variantes difiram",                                                                                                                "las hojas dicen lo mismo, palabra por palabra, aunque las variantes difieren"                    },
    [PHRASE_STEPS_WHAT] = {"the same operations and command lines in the same order",
                      "as mesmas operações e linhas de comando pela mesma ordem",                                                                                                                               "las mismas operaciones y líneas de comandos en el mismo orden"                                  },
    [PHRASE_TEXT_WHAT] = {"answers to \"%s\": about %.0f %% of their pieces are the same",
                      "respostas a \"%s\": cerca de %.0f %% dos seus pedaços são os mesmos",                                                                                                                    "respuestas a \"%s\": cerca del %.0f %% de sus trozos son los mismos"                             },
    [PHRASE_TEXT_BASE] = {"%zu of %zu pairs of long answers are this alike",
                      "%zu de %zu pares de respostas longas são tão parecidos",                                                                                                                                 "%zu de %zu pares de respuestas largas se parecen tanto"                                          },
    [PHRASE_SHARE_BASE] = {"%zu of %zu students: %.0f %%",                                                 "%zu de %zu estudantes: %.0f %%",                                                                           "%zu de %zu estudiantes: %.0f %%"                                                                 },
    [PHRASE_PENALTY] = {"%d %% less for the attempts before",                                           "menos %d %% pelas tentativas anteriores",
                      "un %d %% menos por los intentos anteriores"                                                                                                                                                                                                                                                  },
    [PHRASE_LATE] = {"%d %% of it, because it was late",                                             "%d %% disso, porque foi entregue com atraso",
                      "el %d %% de eso, porque se entregó con retraso"                                                                                                                                                                                                                                             },
    [PHRASE_LATE_BY] = {" by %s",                                                                       " de %s",                                                                                                   " de %s"                                                                                          },
    [PHRASE_BY_HAND] = {"set by hand: %s",                                                              "posto à mão: %s",                                                                                        "puesto a mano: %s"                                                                               },
    [PHRASE_ITEM_BY_HAND] = {"Set by hand: %s.",                                                             "Posto à mão: %s.",                                                                                       "Puesto a mano: %s."                                                                              },
    [PHRASE_NOT_HANDED_IN] = {"nothing was handed in",                                                        "nada foi entregue",                                                                                        "no se entregó nada"                                                                             },
};

static size_t language_of(const char *language)
{
    for (size_t i = 0; i < LANGUAGES; i++)
        if (text_same(scenario_languages[i], language))
            return i;
    return 0;
}

const char *phrase(const char *language, enum phrase which)
{
    return phrases[which][language_of(language)];
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

void phrase_decimals(struct str *out, size_t from, const char *language)
{
    for (size_t i = from + 1; i + 1 < out->len && language_of(language) != 0; i++)
        if (out->s[i] == '.' && is_digit(out->s[i - 1]) && is_digit(out->s[i + 1]))
            out->s[i] = ',';
}
