/* Loaded into pdflatex with LD_PRELOAD: makes a pdflatex that has read a preamble a fork server.

   When TeX opens `forkpoint.tex`, this library says "ready" and waits. For every request line
       run CPU_SECONDS MEMORY_BYTES FILE_BYTES DIRECTORY
   it forks; the child limits itself, enters the directory, gets output files of its own and goes on
   with `body.tex` from there in place of `forkpoint.tex`. The parent answers
       started PID
       ended EXIT_CODE_OR_MINUS_SIGNAL
   Upon
       branch DIRECTORY
   the child goes on in the same way, but is a server again when it opens `forkpoint.tex` once more:
   its requests come from the named pipe `requests` in the directory, its answers go to `answers`.
   The first server has them on descriptors 198 and 199. End of input ends a server. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUESTS 198
#define ANSWERS 199
#define MAX_OUTPUTS 16

static FILE *(*real_fopen)(const char *, const char *);
static struct {
    FILE *file;
    char name[256];
} outputs[MAX_OUTPUTS]; /* what was opened for writing before the fork: every child needs its own */
static int output_count;
static int is_job;

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && !strcmp(text + length - tail, end);
}

static void note_end(int number) { (void)number; } /* its use is to interrupt the wait for a request */

static void reap_branches(void) {
    int status;
    while (waitpid(-1, &status, WNOHANG) > 0)
        ;
}

/* SIGCHLD is let through here alone: a branch that ends while nothing is asked is reaped at once. */
static void await_request(const sigset_t *mask) {
    struct pollfd request = {REQUESTS, POLLIN, 0};
    do
        reap_branches();
    while (ppoll(&request, 1, NULL, mask) < 0 && errno == EINTR);
}

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

/* A PDF that was begun before the fork goes on in the child's own file after the same bytes. */
static void copy_begun(int from, FILE *to) {
    char block[65536];
    ssize_t count;
    while ((count = read(from, block, sizeof block)) > 0)
        if (fwrite(block, 1, (size_t)count, to) != (size_t)count) _exit(91);
    if (count < 0) _exit(91);
    close(from);
}

static void enter(const char *directory) {
    int begun[MAX_OUTPUTS];
    close(REQUESTS);
    close(ANSWERS);
    for (int index = 0; index < output_count; index++) {
        begun[index] = ends_with(outputs[index].name, ".pdf") ? open(outputs[index].name, O_RDONLY) : -1;
        if (begun[index] < 0 && ends_with(outputs[index].name, ".pdf")) _exit(90);
    }
    if (chdir(directory)) _exit(96);
    int terminal = open("terminal.txt", O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (terminal < 0 || dup2(terminal, 1) < 0 || dup2(terminal, 2) < 0) _exit(95);
    close(terminal);
    for (int index = 0; index < output_count; index++) {
        if (!freopen(outputs[index].name, "w", outputs[index].file)) _exit(94);
        if (begun[index] >= 0) copy_begun(begun[index], outputs[index].file);
    }
}

static void become_job(const char *line) {
    unsigned long long cpu, memory, file;
    int start = 0;
    if (sscanf(line, "run %llu %llu %llu %n", &cpu, &memory, &file, &start) < 3 || !start) _exit(97);
    enter(line + start);
    struct rlimit seconds = {cpu, cpu + 1}; /* SIGXCPU first, which tells it from a kill from outside */
    if (setrlimit(RLIMIT_CPU, &seconds)) _exit(98);
    limit(RLIMIT_AS, memory);
    limit(RLIMIT_FSIZE, file);
    is_job = 1;
}

static void become_branch(const char *line) {
    enter(line + strlen("branch "));
    int requests = open("requests", O_RDONLY), answers = open("answers", O_WRONLY);
    if (requests < 0 || answers < 0 || dup2(requests, REQUESTS) < 0 || dup2(answers, ANSWERS) < 0) _exit(93);
    close(requests);
    close(answers);
}

static void serve(void) {
    char line[8192];
    struct sigaction noting = {.sa_handler = note_end}, usual;
    sigset_t ends, mask;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ends, &mask);
    sigaction(SIGCHLD, &noting, &usual);
    dprintf(ANSWERS, "ready\n");
    for (;;) {
        await_request(&mask);
        if (!read_line(line, sizeof line)) break;
        int branch = !strncmp(line, "branch ", 7);
        fflush(NULL); /* or the child would write what the parent had buffered */
        pid_t child = fork();
        if (child == 0) {
            sigaction(SIGCHLD, &usual, NULL);
            sigprocmask(SIG_SETMASK, &mask, NULL);
            if (branch) become_branch(line);
            else become_job(line);
            return;
        }
        dprintf(ANSWERS, "started %d\n", (int)child);
        if (!branch) {
            int status = 0;
            waitpid(child, &status, 0);
            dprintf(ANSWERS, "ended %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
        }
    }
    _exit(0);
}

static FILE *open_file(const char *path, const char *mode) {
    if (!real_fopen) real_fopen = dlsym(RTLD_NEXT, "fopen");
    if (!is_job && ends_with(path, "forkpoint.tex")) {
        serve();
        return real_fopen("body.tex", mode);
    }
    FILE *file = real_fopen(path, mode);
    if (!is_job && file && mode[0] == 'w' && path[0] != '/') {
        if (output_count == MAX_OUTPUTS || strlen(path) >= sizeof outputs[0].name) _exit(92);
        outputs[output_count].file = file;
        strcpy(outputs[output_count++].name, path);
    }
    return file;
}

int fclose(FILE *file) {
    static int (*real_fclose)(FILE *);
    if (!real_fclose) real_fclose = dlsym(RTLD_NEXT, "fclose");
    for (int index = 0; !is_job && index < output_count; index++)
        if (outputs[index].file == file) outputs[index] = outputs[--output_count];
    return real_fclose(file);
}

FILE *fopen(const char *path, const char *mode) { return open_file(path, mode); }
FILE *fopen64(const char *path, const char *mode) { return open_file(path, mode); }
