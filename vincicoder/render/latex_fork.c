/* Loaded into pdflatex with LD_PRELOAD: makes a running pdflatex that has read its preamble a fork server.

   When TeX opens `forkpoint.tex`, this library says "ready" and waits. For every request line
       CPU_SECONDS MEMORY_BYTES FILE_BYTES DIRECTORY
   it forks. The child limits itself, enters the directory, gets a log file of its own and goes on
   with `body.tex` from there in place of `forkpoint.tex`. The parent answers
       started PID
       ended EXIT_CODE_OR_MINUS_SIGNAL
   Requests come on descriptor 198, answers go to 199; end of input ends the server. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUESTS 198
#define ANSWERS 199

static FILE *(*real_fopen)(const char *, const char *);
static FILE *log_file;
static char log_name[256];
static int serving;

static int read_line(char *line, size_t size) {
    size_t used = 0;
    char byte;
    ssize_t count;
    while ((count = read(REQUESTS, &byte, 1)) == 1 && byte != '\n')
        if (used < size - 1) line[used++] = byte;
    line[used] = 0;
    return count == 1;
}

static void limit(int resource, unsigned long long value) {
    struct rlimit bounds = {value, value};
    if (setrlimit(resource, &bounds)) _exit(98);
}

static void become_job(const char *line) {
    unsigned long long cpu, memory, file;
    int start = 0;
    if (sscanf(line, "%llu %llu %llu %n", &cpu, &memory, &file, &start) < 3 || !start) _exit(97);
    close(REQUESTS);
    close(ANSWERS);
    if (chdir(line + start)) _exit(96);
    limit(RLIMIT_CPU, cpu);
    limit(RLIMIT_AS, memory);
    limit(RLIMIT_FSIZE, file);
    int terminal = open("terminal.txt", O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (terminal < 0 || dup2(terminal, 1) < 0 || dup2(terminal, 2) < 0) _exit(95);
    close(terminal);
    if (log_file && !freopen(log_name, "w", log_file)) _exit(94);
}

static void serve(void) {
    char line[8192];
    dprintf(ANSWERS, "ready\n");
    while (read_line(line, sizeof line)) {
        fflush(NULL); /* or the child would write what the parent had buffered */
        pid_t child = fork();
        if (child == 0) {
            become_job(line);
            return;
        }
        dprintf(ANSWERS, "started %d\n", (int)child);
        int status = 0;
        waitpid(child, &status, 0);
        dprintf(ANSWERS, "ended %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
    }
    _exit(0);
}

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && !strcmp(text + length - tail, end);
}

static FILE *open_file(const char *path, const char *mode) {
    if (!real_fopen) real_fopen = dlsym(RTLD_NEXT, "fopen");
    if (!serving && ends_with(path, "forkpoint.tex")) {
        serving = 1;
        serve();
        return real_fopen("body.tex", mode);
    }
    FILE *file = real_fopen(path, mode);
    if (!serving && file && ends_with(path, ".log") && strlen(path) < sizeof log_name) {
        log_file = file;
        strcpy(log_name, path);
    }
    return file;
}

FILE *fopen(const char *path, const char *mode) { return open_file(path, mode); }
FILE *fopen64(const char *path, const char *mode) { return open_file(path, mode); }
