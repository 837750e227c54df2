/* SPDX-License-Identifier: MIT */
/* The empty answers.yaml that a lab is delivered with, and the list of questions for its README. */
#include "grader/types.h"

#include <string.h>

/* Comment lines of at most 100 columns. */
static void add_comment(struct str *out, const char *lead, const char *text)
{
    size_t column = 0;
    while (*text) {
        text += strspn(text, " \n");
        size_t n = strcspn(text, " \n");
        if (!n)
            break;
        if (!column || column + 1 + n > 100) {
            str_addf(out, "%s# %s", column ? "\n" : "", column ? "   " : lead);
            column = strlen(lead) + 2;
        } else {
            str_addc(out, ' ');
            column++;
        }
        str_addn(out, text, n);
        column += n;
        text += n;
    }
    if (column)
        str_addc(out, '\n');
}

/* ---- words: English, Portuguese, Spanish ---- */

/* clang-format off */
static const struct local_text
    how_to[] = {
        {.in = {"Write each answer behind its key; a list as [one, two]. Leave open what you do not know.",
                "Escreve cada resposta a seguir à sua chave; uma lista como [um, dois]. Deixa vazio o resto.",
                "Escribe cada respuesta detrás de su clave; una lista como [uno, dos]. Deja vacío el resto."}},
        {.in = {"`cafelab check` says whether this file can be read, not whether it is right.",
                "`cafelab check` diz se este ficheiro se consegue ler, não se está certo.",
                "`cafelab check` dice si este archivo se puede leer, no si está bien."}},
    },
    one_point = {.in = {"point", "ponto", "punto"}},
    points    = {.in = {"points", "pontos", "puntos"}},
    below     = {.in = {"its lines go below the key, each after two blanks",
                        "as suas linhas vão por baixo da chave, cada uma depois de dois espaços",
                        "sus líneas van debajo de la clave, cada una detrás de dos espacios"}},
    one_hint  = {.in = {"hint", "pista", "pista"}},
    hints     = {.in = {"hints", "pistas", "pistas"}};

/* What types say of themselves, in the languages after English. */
static const struct {
    const char *type, *in[LANGUAGES - 1];
} translations[] = {
    {"arn",       {"um ARN; de um utilizador basta o nome ou a chave", "un ARN; de un usuario basta el nombre o la clave"}},
    {"choice",    {"uma das opções", "una de las opciones"}},
    {"cidr",      {"uma rede como 192.0.2.0/24", "una red como 192.0.2.0/24"}},
    {"essay",     {"um texto teu", "un texto tuyo"}},
    {"event",     {"o eventID de um registo do CloudTrail", "el eventID de un registro de CloudTrail"}},
    {"file",      {"um ficheiro, pelo nome ou caminho", "un archivo, por su nombre o ruta"}},
    {"hash",      {"um hash em hexadecimal", "un hash en hexadecimal"}},
    {"ip",        {"um endereço como 192.0.2.7", "una dirección como 192.0.2.7"}},
    {"match",     {"o que pertence a cada um, como esquerda = direita", "lo que pertenece a cada uno, como izquierda = derecha"}},
    {"multi",     {"todas as opções verdadeiras, em lista", "todas las opciones que son ciertas, en una lista"}},
    {"number",    {"um número, sem unidade", "un número, sin unidad"}},
    {"order",     {"uma lista, por ordem", "una lista, en orden"}},
    {"principal", {"quem: um nome de utilizador, um ARN ou o identificador de uma chave de acesso",
                   "quién: un nombre de usuario, un ARN o el identificador de una clave de acceso"}},
    {"regex",     {"um texto", "un texto"}},
    {"rule",      {"uma regra de deteção: Sigma, ou um SELECT que devolve eventid", "una regla de detección: Sigma, o un SELECT que devuelve eventid"}},
    {"set",       {"uma lista, por qualquer ordem", "una lista, en cualquier orden"}},
    {"sql",       {"um SELECT sobre os registos", "un SELECT sobre los registros"}},
    {"text",      {"uma palavra ou poucas", "una palabra o pocas"}},
    {"time",      {"um instante como 2025-10-14T13:00:00Z, em qualquer fuso",
                   "un instante como 2025-10-14T13:00:00Z, en cualquier zona horaria"}},
};
/* clang-format on */

const char *answer_type_says(const struct answer_type *type, const char *language)
{
    struct local_text says = {.in = {type->says}};
    for (size_t i = 0; i < COUNT(translations); i++)
        if (text_same(translations[i].type, type->name))
            memcpy(says.in + 1, translations[i].in, sizeof(translations[i].in));
    return local_text_get(&says, language);
}

static const char *points_word(const struct question *q, const char *language)
{
    return local_text_get(q->points == 1 ? &one_point : &points, language);
}

/* ---- the sheet ---- */

/* "  - left = ", to be written on; quoted as JSON is where YAML needs it. */
static void add_left(struct str *out, const char *left)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ./_@-";
    AUTO(str_drop) struct str text = {0};
    str_addf(&text, "%s = ", left);
    str_add(out, "  - ");
    if (left[strspn(left, plain)] || strchr(" -@", *left))
        str_add_json(out, str_text(&text));
    else
        str_add(out, str_text(&text));
    str_addc(out, '\n');
}

void answers_sheet(const struct rubric *rubric, const char *language, struct str *out)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct question *q = rubric->questions.items;
    add_comment(out, "", arena_printf(&arena, "%s", local_text_get(&rubric->scenario->title, language)));
    str_add(out, "#\n");
    for (size_t i = 0; i < COUNT(how_to); i++)
        add_comment(out, "", local_text_get(&how_to[i], language));
    for (size_t i = 0; i < rubric->questions.n; i++) {
        str_addc(out, '\n');
        add_comment(out, "",
                    arena_printf(&arena, "%zu. %s (%lld %s)", i + 1, local_text_get(&q[i].ask, language),
                                 (long long)q[i].points, points_word(&q[i], language)));
        AUTO(str_drop) struct str says = {0};
        str_add(&says, answer_type_says(q[i].type, language));
        for (size_t j = 0; j < q[i].options.n; j++)
            str_addf(&says, "%s%s", j ? ", " : ": ", q[i].options.list[j]);
        if (q[i].type->judge)
            str_addf(&says, "; %s", local_text_get(&below, language));
        add_comment(out, "   ", str_text(&says));
        str_addf(out, "%s:%s\n", q[i].id, q[i].type->judge ? " |" : "");
        for (size_t j = 0; q[i].type->takes == TAKES_PAIRS && j < q[i].answer.n; j++)
            add_left(out, pair_left(&arena, q[i].answer.list[j]));
    }
}

void questions_text(const struct rubric *rubric, const char *language, struct str *out)
{
    const struct question *q = rubric->questions.items;
    for (size_t i = 0; i < rubric->questions.n; i++) {
        str_addf(out, "%zu. %s `%s`, %lld %s", i + 1, local_text_get(&q[i].ask, language), q[i].id, (long long)q[i].points,
                 points_word(&q[i], language));
        if (q[i].hints.n)
            str_addf(out, ", %zu %s", q[i].hints.n, local_text_get(q[i].hints.n == 1 ? &one_hint : &hints, language));
        str_addc(out, '\n');
    }
}

bool answers_for_play(const struct play *p, const char *language, struct str *answers, struct str *questions, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    bool live = p->shift_ms != 0; /* nothing has happened yet that references could be filled in from */
    struct rubric *rubric = live ? rubric_read(p->scenario, &diags) : rubric_fill(p->scenario, play_lookup, (void *)p, e);
    if (!rubric)
        return false;
    answers_sheet(rubric, language, answers);
    questions_text(rubric, language, questions);
    rubric_free(&rubric);
    return true;
}
