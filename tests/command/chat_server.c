/* A chat service for tests: prints its address, then appends each request's body to the file named,
 * and answers what the second file holds; a third argument is the status. Ends at end of input. */
#include "../lib/http_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char **arguments;

static void handle(struct http_served *served, void *data)
{
    char text[4096];
    (void)data;
    FILE *log = fopen(arguments[1], "a"), *answer = fopen(arguments[2], "r");
    if (!log || !answer)
        abort();
    fprintf(log, "%.*s\n", (int)served->body_length, served->body);
    fclose(log);
    size_t length = fread(text, 1, sizeof text - 1, answer);
    text[length] = '\0';
    fclose(answer);
    served->answer = strdup(text);
    served->status = !strncmp(text, "status ", 7) ? atoi(text + 7) : 200;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    arguments = argv;
    struct http_server *server = http_server_start(handle, NULL);
    puts(http_server_address(server));
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    http_server_stop(server);
    return 0;
}
