"""Programs that loop, grow, read, write, fork, start programs, call out, leave, or change others."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_NEIGHBOUR = "set.seed(1)\nplot(rnorm(20), main = 'neighbour')\nlegend('top', 'a', col = 2, lty = 1)"
# Draws, so that a program whose attack fails quietly has a picture to show.
_DRAW = "\nplot(1:3)"

_SAMPLES = [
    Hostile("empty", "render.no_output", " "),
    Hostile("nothing_drawn", "render.no_output", "x <- c(1, 2)\nmean(x)"),
    Hostile("syntax_error", "render.error", "x <- 1\nplot(x", "line 3: unexpected end of input"),
    Hostile("error", "render.error", "f <- function(x) {\n  stop('boom')\n}\nf(1)", "line 2: boom"),
    Hostile("null_character", "render.error", "plot(1)\0"),
    Hostile("unknown_package", "render.missing_dependency", "library(nosuch)", "'nosuch'"),
    Hostile(
        "unknown_package_is_required",
        "render.missing_dependency",
        "require(nosuch)\nnosuch_plot(1)",
        "'nosuch'",
    ),
    Hostile("no_data", "render.missing_dependency", "plot(read.csv('rows.csv'))", "rows.csv"),
    Hostile("endless_loop", "render.timeout", "while (TRUE) {}", "CPU time"),
    Hostile("endless_recursion", "render.error", "f <- function() f()\nf()"),
    Hostile("deep_nesting", "render.error", "(" * 5000 + "1" + ")" * 5000),
    Hostile("memory_at_once", "render.out_of_memory", "x <- numeric(1e10)", "cannot allocate"),
    Hostile("memory_bomb", "render.out_of_memory", "x <- list()\nrepeat x[[length(x) + 1]] <- numeric(5e7)"),
    Hostile("message_flood", "render.output_limit", "x <- strrep('a', 1e6)\nrepeat cat(x)"),
    Hostile("disk_bomb", "render.output_limit", "f <- file('f', 'wb')\nrepeat writeBin(raw(1e6), f)"),
    Hostile(
        # R only warns of each file that does not go onto the disk: what shows it is the picture.
        "many_files_bomb",
        "render.output_limit",
        "for (n in 1:40) writeBin(raw(4e6), paste0('f', n))" + _DRAW,
    ),
    Hostile("reads_password_file", "render.forbidden", "readLines('/etc/passwd')", "/etc/passwd"),
    Hostile("reads_the_canary", "render.forbidden", "x <- readLines('@CANARY@')\nplot(1, main = x)"),
    Hostile("writes_the_canary", "render.forbidden", "writeLines('gone', '@CANARY@')"),
    Hostile("writes_elsewhere", "render.forbidden", "saveRDS(1, '/tmp/owned.rds')"),
    Hostile("saves_elsewhere", "rendered", "png('/etc/owned.png')\nplot(1)\ndev.off()"),
    Hostile("writes_into_the_packages", "render.forbidden", "cat('#', file = file.path(R.home(), 'x'))"),
    Hostile("deletes_everything", "rendered", "unlink('/', recursive = TRUE)\nunlink('@CANARY@')" + _DRAW),
    Hostile(
        "looks_for_the_secret",
        "rendered",
        "found <- paste(Sys.getenv(), collapse = '')\n"
        "for (path in Sys.glob(c('/proc/*/environ', '/proc/*/cmdline')))\n"
        "  found <- c(found, try(readLines(path, warn = FALSE), silent = TRUE))\n"
        "stopifnot(!any(grepl('@SECRET@', found, fixed = TRUE)))" + _DRAW,
    ),
    Hostile(
        "starts_a_program", "render.forbidden", "system('sleep 1000 # escaped-daemon')", "another program"
    ),
    Hostile("starts_a_program_2", "render.forbidden", "x <- system2('id', stdout = TRUE)", "another program"),
    Hostile("pipe", "render.forbidden", "readLines(pipe('id'))", "another program"),
    Hostile("another_way_to_a_program", "rendered", "try(.Internal(system('id', 1L, 0L)))" + _DRAW),
    Hostile("fork", "render.forbidden", "parallel::mcparallel(Sys.sleep(1000))", "fork"),
    Hostile("fork_of_mclapply", "render.forbidden", "parallel::mclapply(1:4, sqrt, mc.cores = 4)", "fork"),
    Hostile("fork_bomb", "render.timeout", "repeat try(parallel:::mcfork(), silent = TRUE)"),
    Hostile("kills_everything", "rendered", "tools::pskill(c(-1, 1, 2), 9)" + _DRAW),
    Hostile("kills_itself", "render.crashed", "tools::pskill(Sys.getpid(), 9)", "SIGKILL"),
    Hostile("crashes", "render.crashed", "tools::pskill(Sys.getpid(), 11)", "SIGSEGV"),
    Hostile("socket", "render.forbidden", "socketConnection('127.0.0.1', @PORT@)", "network"),
    Hostile("url", "render.forbidden", "readLines(url('http://127.0.0.1:@PORT@/'))", "network"),
    Hostile("remote_table", "render.forbidden", "read.csv('http://127.0.0.1:@PORT@/a.csv')"),
    Hostile("download", "render.forbidden", "download.file('http://127.0.0.1:@PORT@/', 'x')", "network"),
    Hostile("cluster", "render.forbidden", "parallel::makeCluster(2)"),
    Hostile("huge_picture", "render.too_large", "png('a.png', width = 20000, height = 200)\nplot(1)"),
    Hostile(
        "huge_saved_picture",
        "render.too_large",
        "library(ggplot2)\nggsave('a.png', ggplot(), width = 40, height = 40, dpi = 600)",
    ),
    Hostile("leaves", "rendered", "plot(1)\nq('no')\nstop('not reached')"),
    Hostile("leaves_with_a_status", "render.error", "plot(1)\nquit(status = 3)", "status 3"),
    Hostile("leaves_for_good", "render.crashed", "plot(1)\n.Internal(quit('no', 0L, FALSE))"),
    Hostile("aborts", "render.crashed", "plot(1)\ninvokeRestart('abort')"),
    Hostile("sleeps", "rendered", "Sys.sleep(0.1)" + _DRAW),
    Hostile("copies_a_picture", "render.no_output", "png::writePNG(matrix(0:3 / 3, 2), 'a.png')"),
    Hostile("links_outside", "render.no_output", "file.symlink('/etc/passwd', 'a.png')"),
    Hostile(
        "changes_what_comes_after",
        "rendered",
        "options(digits = 3, warn = 2, device = stop)\nset.seed(7)\nSys.setenv(TZ = 'Asia/Tokyo')\n"
        "for (name in c('plot.default', 'legend', 'plot.window')) {\n"
        "  place <- asNamespace('graphics')\n  unlockBinding(name, place)\n"
        "  assign(name, function(...) stop('patched'), place)\n}\n"
        "png('a.png')\n"
        "plot.new()",
    ),
    Hostile(
        "replaces_what_ends_it",
        "render.crashed",
        "for (name in c('tryCatch', 'list.files', 'paste', 'as.character')) {\n"
        "  unlockBinding(name, baseenv())\n  assign(name, NULL, baseenv())\n}" + _DRAW,
    ),
    Hostile(
        "leaves_data_for_the_next",
        "rendered",
        "left <- 'left behind'\nfor (folder in c('.', '..', '/tmp', '/dev/shm', tempdir()))\n"
        "  try(writeLines(left, file.path(folder, 'left-behind')), silent = TRUE)" + _DRAW,
    ),
    Hostile(
        "finds_nothing_left",
        "rendered",
        "stopifnot(!exists('left'), !file.exists(file.path(c('.', '..', '/tmp', '/dev/shm', tempdir()), "
        "'left-behind')))" + _DRAW,
    ),
    Hostile("worker_dies", "render.crashed", "plot(1) # @FAULT@ die ", "signal 11"),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
