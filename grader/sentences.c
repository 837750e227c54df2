/* SPDX-License-Identifier: MIT */
#include "grader/sentences.h"

#include <string.h>

/* clang-format off */
const struct sentence sentences[] = {
    /* answers */
    {{"One answer is asked for, %zu are given: decide on one.",
      "Pede-se uma resposta e há %zu: decide-te por uma.",
      "Se pide una respuesta y hay %zu: decídete por una."}},
    {{"one answer is asked for, %zu are given",
      "pede-se uma resposta e há %zu",
      "se pide una respuesta y hay %zu"}},
    {{"Several answers at once count as none: decide on one.",
      "Várias respostas de uma vez contam como nenhuma: decide-te por uma.",
      "Varias respuestas a la vez cuentan como ninguna: decídete por una."}},
    {{"Near enough for %lld %% of the points, but not what was asked for.",
      "Perto o bastante para %lld %% dos pontos, mas não é o que se pediu.",
      "Lo bastante cerca para el %lld %% de los puntos, pero no es lo que se pidió."}},
    {{"That cannot be read as an answer: %s.",
      "Isso não se consegue ler como resposta: %s.",
      "Eso no se puede leer como respuesta: %s."}},
    {{"Why is not told as long as that would tell an answer that is not right yet.",
      "O porquê não se diz enquanto revelar uma resposta que ainda não está certa.",
      "El porqué no se dice mientras revele una respuesta que aún no es correcta."}},
    {{"Near: %s.", "Perto: %s.", "Cerca: %s."}},
    {{"%zu items are a list of everything: name only what is asked for.",
      "%zu itens são uma lista de tudo: indica só o que se pede.",
      "%zu elementos son una lista de todo: nombra solo lo que se pide."}},
    {{"Right items, not in order.", "Os itens certos, fora de ordem.", "Los elementos correctos, fuera de orden."}},
    {{"%lld too many: each takes one hit away.",
      "%lld a mais: cada um tira um acerto.",
      "%lld de más: cada uno quita un acierto."}},

    /* what cannot be read */
    {{"expected a user name, an ARN or an access key id",
      "esperava-se um nome de utilizador, um ARN ou o identificador de uma chave de acesso",
      "se esperaba un nombre de usuario, un ARN o el identificador de una clave de acceso"}},
    {{"expected an ARN such as arn:aws:iam::123456789012:user/name",
      "esperava-se um ARN como arn:aws:iam::123456789012:user/nome",
      "se esperaba un ARN como arn:aws:iam::123456789012:user/nombre"}},
    {{"expected an event id such as 0b9f1b2c-6e0a-4f5d-9c3e-2a7d8e4f1a6b",
      "esperava-se um eventID como 0b9f1b2c-6e0a-4f5d-9c3e-2a7d8e4f1a6b",
      "se esperaba un eventID como 0b9f1b2c-6e0a-4f5d-9c3e-2a7d8e4f1a6b"}},
    {{"expected a hash in hexadecimal: 64 digits of SHA-256",
      "esperava-se um hash em hexadecimal: 64 dígitos de SHA-256",
      "se esperaba un hash en hexadecimal: 64 dígitos de SHA-256"}},
    {{"expected a pair such as left = right",
      "esperava-se um par como esquerda = direita",
      "se esperaba un par como izquierda = derecha"}},
    {{"expected a file by name or path",
      "esperava-se um ficheiro, pelo nome ou caminho",
      "se esperaba un archivo, por su nombre o ruta"}},
    {{"expected the address alone, without a port",
      "esperava-se só o endereço, sem porta",
      "se esperaba solo la dirección, sin puerto"}},
    {{"expected one address, not a network",
      "esperava-se um endereço, não uma rede",
      "se esperaba una dirección, no una red"}},
    {{"expected an address such as 192.0.2.7",
      "esperava-se um endereço como 192.0.2.7",
      "se esperaba una dirección como 192.0.2.7"}},
    {{"expected a network such as 192.0.2.0/24",
      "esperava-se uma rede como 192.0.2.0/24",
      "se esperaba una red como 192.0.2.0/24"}},
    {{"expected a number such as 42", "esperava-se um número como 42", "se esperaba un número como 42"}},
    {{"expected a query that begins with SELECT or WITH",
      "esperava-se uma consulta que começa por SELECT ou WITH",
      "se esperaba una consulta que empieza por SELECT o WITH"}},
    {{"expected a text", "esperava-se um texto", "se esperaba un texto"}},
    {{"expected one of ", "esperava-se uma das opções ", "se esperaba una de las opciones "}},
    {{"write the number alone, without ", "escreve só o número, sem ", "escribe solo el número, sin "}},
    {{"expected a time of day, too: 2025-10-14T13:00:00Z",
      "falta a hora: 2025-10-14T13:00:00Z",
      "falta la hora: 2025-10-14T13:00:00Z"}},
    {{"expected a time such as 2025-10-14T13:00:00Z",
      "esperava-se um instante como 2025-10-14T13:00:00Z",
      "se esperaba un instante como 2025-10-14T13:00:00Z"}},
    {{"is that day or month first? Write the date as 2025-10-14",
      "vem primeiro o dia ou o mês? Escreve a data como 2025-10-14",
      "¿va primero el día o el mes? Escribe la fecha como 2025-10-14"}},
    {{"that zone's name has several meanings: write it as an offset such as -07:00, or UTC",
      "o nome desse fuso quer dizer várias coisas: escreve-o como desvio, por exemplo -07:00, ou UTC",
      "el nombre de esa zona significa varias cosas: escríbela como desfase, por ejemplo -07:00, o UTC"}},

    /* near misses */
    {{"that network is wider than what is asked for",
      "essa rede é mais larga do que a pedida",
      "esa red es más ancha que la pedida"}},
    {{"that is only a part of it", "isso é só uma parte", "eso es solo una parte"}},
    {{"the sign is the wrong way round", "o sinal está ao contrário", "el signo está al revés"}},
    {{"off by one: check what is counted at the edges",
      "falha por um: vê o que se conta nas pontas",
      "falla por uno: mira qué se cuenta en los extremos"}},
    {{"the minute is right: the second is asked for, too",
      "o minuto está certo: pede-se também o segundo",
      "el minuto es correcto: se pide también el segundo"}},
    {{"the time of day is right, the day is not",
      "a hora está certa, o dia não",
      "la hora es correcta, el día no"}},

    /* answers that are run */
    {{"This could not be judged, which says nothing of the answer: %s.",
      "Isto não se pôde avaliar, o que nada diz da resposta: %s.",
      "Esto no se pudo juzgar, lo que nada dice de la respuesta: %s."}},
    {{"A person decides on this: %s.", "Isto fica para uma pessoa decidir: %s.", "Sobre esto decide una persona: %s."}},
    {{"what is to be found is in no log that was handed in: the trail did not log then, or had not delivered it",
      "o que se deve encontrar não está em nenhum registo entregue: o trail então não registava, ou ainda não o entregara",
      "lo que se debe encontrar no está en ningún registro entregado: el trail entonces no registraba, o aún no lo había entregado"}},
    {{"what the trail delivered was changed: ", "o que o trail entregou foi alterado: ", "lo que entregó el trail fue cambiado: "}},
    {{"The right rows, in another order.", "As linhas certas, por outra ordem.", "Las filas correctas, en otro orden."}},
    {{"Too many: %s.", "A mais: %s.", "De más: %s."}},
    {{"The query reads no log: its rows are written in it.",
      "A consulta não lê nenhum registo: as suas linhas estão escritas nela.",
      "La consulta no lee ningún registro: sus filas están escritas en ella."}},
    {{"Over other logs the query returns these rows, too, though others are right there: they are not found, but written in it.",
      "Sobre outros registos a consulta devolve também estas linhas, embora lá as certas sejam outras: não foram encontradas, "
      "estão escritas nela.",
      "Sobre otros registros la consulta devuelve también estas filas, aunque allí las correctas sean otras: no se encontraron, "
      "están escritas en ella."}},
    {{"The columns are others: %s.", "As colunas são outras: %s.", "Las columnas son otras: %s."}},
    {{"The query does not run: %s.", "A consulta não corre: %s.", "La consulta no se ejecuta: %s."}},
    {{"That is no rule: %s.", "Isso não é uma regra: %s.", "Eso no es una regla: %s."}},
    {{"The rule does not run: %s.", "A regra não corre: %s.", "La regla no se ejecuta: %s."}},
    {{"The rule runs on your logs, and does not on a variant that is held back.",
      "A regra corre nos teus registos, e não corre numa variante que ninguém recebeu.",
      "La regla se ejecuta en tus registros, y no en una variante que nadie ha recibido."}},
    {{"The rule names what only your lab has.",
      "A regra nomeia o que só o teu laboratório tem.",
      "La regla nombra lo que solo tiene tu laboratorio."}},
    {{"On your logs", "Nos teus registos", "En tus registros"}},
    {{"On a variant that is held back, with other names, addresses and times",
      "Numa variante que ninguém recebeu, com outros nomes, endereços e horas",
      "En una variante que nadie ha recibido, con otros nombres, direcciones y horas"}},
    {{"%s: %zu of %zu found, %zu missed, %zu false hit%s.",
      "%s: %zu de %zu encontrados, %zu em falta, falsos acertos: %zu%.0s.",
      "%s: %zu de %zu encontrados, %zu sin encontrar, falsos aciertos: %zu%.0s."}},

    /* checks: clauses that are sentences */
    {{"the evidence is as it was delivered", "as provas estão como foram entregues", "las pruebas están como se entregaron"}},
    {{"what had nothing to do with it is as it was",
      "o que nada tinha a ver com isto está como estava",
      "lo que no tenía nada que ver está como estaba"}},
    {{"nothing else was changed", "nada mais foi alterado", "no se cambió nada más"}},
    {{"%s is as it was before %s", "%s está como antes de %s", "%s está como antes de %s"}},
    {{"%s is logged in on %s from %s", "%s tem sessão aberta em %s, a partir de %s", "%s tiene sesión abierta en %s, desde %s"}},
    {{"no session and no process of %s", "nenhuma sessão e nenhum processo de %s", "ninguna sesión y ningún proceso de %s"}},
    {{"pid %d of %s still runs: %s", "o pid %d, de %s, ainda corre: %s", "el pid %d, de %s, aún se ejecuta: %s"}},
    {{"no trace of %s", "nenhum vestígio de %s", "ningún rastro de %s"}},
    {{"no trace of the account %s", "nenhum vestígio da conta %s", "ningún rastro de la cuenta %s"}},
    {{"there is no user %s", "não há nenhum utilizador %s", "no hay ningún usuario %s"}},
    {{"there is no account %s", "não há nenhuma conta %s", "no hay ninguna cuenta %s"}},
    {{"%s is not let in", "%s não entra", "%s no entra"}},
    {{"it works", "funciona", "funciona"}},
    {{"it was not restarted since the change", "não foi reiniciado desde a alteração", "no se reinició desde el cambio"}},
    {{"no connection: sshd does not run", "sem ligação: o sshd não corre", "sin conexión: sshd no se ejecuta"}},
    {{"no connection: tcp/22 is not open to %s",
      "sem ligação: a porta tcp/22 não está aberta para %s",
      "sin conexión: el puerto tcp/22 no está abierto para %s"}},
    {{"the group %s was deleted", "o grupo %s foi apagado", "se borró el grupo %s"}},
    {{"the role %s was deleted", "a função %s foi apagada", "se borró el rol %s"}},
    {{"the security group %s was deleted", "o security group %s foi apagado", "se borró el security group %s"}},
    {{"%s lost the console password", "%s perdeu a palavra-passe da consola", "%s perdió la contraseña de la consola"}},
    {{"%s lost the second factor", "%s perdeu o segundo fator", "%s perdió el segundo factor"}},
    {{"%s lost the policy %s", "%s perdeu a política %s", "%s perdió la política %s"}},
    {{"%s is no longer in the group %s", "%s já não está no grupo %s", "%s ya no está en el grupo %s"}},
    {{"its policy was changed", "a sua política foi alterada", "su política se cambió"}},
    {{"its policy is as it was", "a sua política está como estava", "su política está como estaba"}},
    {{"and %zu more", "e mais %zu", "y %zu más"}},
    {{"and one more file", "e mais um ficheiro", "y un archivo más"}},
    {{"and %zu more files", "e mais %zu ficheiros", "y %zu archivos más"}},
    {{"one file is as it was delivered", "um ficheiro está como foi entregue", "un archivo está como se entregó"}},
    {{"%zu files are as they were delivered",
      "%zu ficheiros estão como foram entregues",
      "%zu archivos están como se entregaron"}},
    {{"one file of the trail fits its digest and the journal",
      "um ficheiro do trail condiz com o seu digest e com o diário",
      "un archivo del trail concuerda con su digest y con el diario"}},
    {{"%zu files of the trail fit their digests and the journal",
      "%zu ficheiros do trail condizem com os seus digests e com o diário",
      "%zu archivos del trail concuerdan con sus digests y con el diario"}},
    {{"it is not known what was delivered", "não se sabe o que foi entregue", "no se sabe qué se entregó"}},

    /* what is not graded */
    {{"nothing is answered, no hint was taken, and account, servers and journal are as they were handed out: perhaps the work "
      "was done in another copy of the lab",
      "nada está respondido, não se usou nenhuma pista, e conta, servidores e diário estão como foram entregues: talvez o "
      "trabalho tenha sido feito noutra cópia do laboratório",
      "no hay nada respondido, no se usó ninguna pista, y cuenta, servidores y diario están como se entregaron: quizá el trabajo "
      "se hizo en otra copia del laboratorio"}},
    {{"the gzip data ends in the middle",
      "os dados gzip acabam a meio: o ficheiro não chegou inteiro",
      "los datos gzip se acaban a la mitad: el archivo no llegó entero"}},
    {{"the gzip data is damaged", "os dados gzip estão danificados", "los datos gzip están dañados"}},
    {{"packed with gzip, but nothing is in it",
      "está comprimido com gzip, mas não tem nada dentro",
      "está comprimido con gzip, pero no tiene nada dentro"}},
    {{"packed with gzip, but no tar archive: expected what `cafelab submit` makes",
      "está comprimido com gzip, mas não é um arquivo tar: esperava-se o que `cafelab submit` faz",
      "está comprimido con gzip, pero no es un archivo tar: se esperaba lo que hace `cafelab submit`"}},
    {{"an archive with nothing in it", "um arquivo sem nada dentro", "un archivo comprimido sin nada dentro"}},
    {{"the zip's directory, which stands at its end, is not there",
      "falta o índice do zip, que está no fim: o ficheiro não chegou inteiro",
      "falta el índice del zip, que está al final: el archivo no llegó entero"}},
};
/* clang-format on */
const size_t n_sentences = COUNT(sentences);

static size_t place_of(const char *language)
{
    size_t i = 0;
    while (i < LANGUAGES && !text_same(scenario_languages[i], language))
        i++;
    return i < LANGUAGES ? i : 0;
}

const char *sentence(const char *english, const char *language, const char **ret_rest)
{
    size_t in = place_of(language);
    if (ret_rest)
        *ret_rest = "";
    for (size_t i = 0; in && i < n_sentences; i++) {
        const char *key = sentences[i].in[0];
        bool is_beginning = ret_rest && text_ends(key, " ") && text_starts(english, key);
        if (!is_beginning && !text_same(key, english))
            continue;
        if (is_beginning)
            *ret_rest = english + strlen(key);
        return sentences[i].in[in];
    }
    return english;
}

void str_add_sentence(struct str *out, const char *english, const char *language)
{
    const char *rest;
    str_add(out, sentence(english, language, &rest));
    str_add(out, rest);
}
