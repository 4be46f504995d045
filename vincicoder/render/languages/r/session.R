# What runs a program in a fork of the warm R: it evaluates, prints and tells errors as R does, and whatever device
# the program asks for, it draws PNG through Cairo into a folder of ours. `embedded.py` reads this file once, into an
# environment of its own; the last value is the list of functions that Python calls.
# A program can reach all of this. The sandbox confines it, not this file.

state <- new.env(parent = emptyenv())

refuse <- function(reason, detail) {
  stop(structure(
    class = c("refusal", "error", "condition"),
    list(message = detail, call = NULL, reason = reason)
  ))
}

# ---- Stand-ins: in the namespace and, where it is attached, in the package -------------------------------------

put <- function(name, value, package) {
  places <- list(if (package == "base") baseenv() else asNamespace(package))
  attached <- paste0("package:", package)
  if (package != "base" && attached %in% search()) places <- c(places, as.environment(attached))
  for (place in places) {
    locked <- bindingIsLocked(name, place)
    if (locked) unlockBinding(name, place)
    assign(name, value, envir = place)
    if (locked) lockBinding(name, place)
  }
}

is_here <- function(package) nzchar(system.file(package = package))

# ---- Devices ----------------------------------------------------------------------------------------------------

png_of_r <- grDevices::png

open_device <- function(width, height, units, res, pointsize, bg, default = FALSE) {
  given <- c(width, height, res, pointsize)
  if (!is.numeric(given)) stop("invalid size of the device")
  inches <- switch(units, px = NA, `in` = 1, cm = 1 / 2.54, mm = 1 / 25.4, stop("invalid 'units'"))
  if (!is.na(inches) && is.na(res)) stop("'res' must be specified unless 'units = \"px\"'")
  scale <- if (is.na(inches)) 1 else inches * res
  size <- floor(c(width[[1]], height[[1]]) * scale + 1e-6)
  if (anyNA(size) || any(size < 1)) stop("invalid size of the device: ", width, " by ", height, " ", units)
  if (any(size > state$most_side) || prod(size) > state$most_pixels) {
    refuse("render.too_large", sprintf(
      "picture of %.0fx%.0f pixels: at most %.0f a side and %.0f in all are allowed",
      size[[1]], size[[2]], state$most_side, state$most_pixels
    ))
  }
  state$opened <- state$opened + 1L
  png_of_r(
    sprintf("%s/%d-%%d.png", state$pages, state$opened),
    width = size[[1]], height = size[[2]], units = "px", res = res, pointsize = pointsize, bg = bg, type = "cairo"
  )
  state$device[[grDevices::dev.cur()]] <- if (default) -state$opened else state$opened
  if (default) grDevices::dev.control("enable")
  note_page()
  invisible()
}

# Called at each new page: the picture is the last page of the device on which one was begun last.
note_page <- function(...) {
  number <- grDevices::dev.cur()
  if (number > 1L && number <= length(state$device)) {
    state$moment <- state$moment + 1L
    state$last[[abs(state$device[[number]])]] <- state$moment
  }
}

on_default_device <- function() {
  number <- grDevices::dev.cur()
  number == 1L || (number <= length(state$device) && state$device[[number]] < 0)
}

a_number <- function(given, otherwise) if (is.numeric(given) && length(given) == 1L) given else otherwise

default_device <- function(width = NULL, height = NULL, pointsize = 12, ...) {
  open_device(
    a_number(width, a_number(getOption("repr.plot.width"), 7)),
    a_number(height, a_number(getOption("repr.plot.height"), 7)),
    "in", state$dpi, a_number(pointsize, 12), "white", default = TRUE
  )
}

bitmap_device <- function(filename = "", width = 480, height = 480, units = "px", pointsize = 12, bg = "white",
                          res = NA, ...) {
  open_device(width, height, units, res, pointsize, bg)
}

page_device <- function(filename = "", width = 7, height = 7, pointsize = 12, ..., bg = "white") {
  if (!is.character(bg)) bg <- "white"
  open_device(a_number(width, 7), a_number(height, 7), "in", state$dpi, a_number(pointsize, 12), bg)
}

agg_device <- function(filename = "", width = 480, height = 480, units = "px", pointsize = 12,
                       background = "white", res = 72, scaling = 1, ..., bg) {
  if (missing(background) && !missing(bg)) background <- bg
  open_device(width, height, units, res * scaling, pointsize, background)
}

replace_devices <- function() {
  for (name in c("png", "jpeg", "bmp", "tiff")) put(name, bitmap_device, "grDevices")
  for (name in c("svg", "cairo_pdf", "cairo_ps", "pdf", "postscript")) put(name, page_device, "grDevices")
  for (name in c("x11", "X11")) put(name, default_device, "grDevices")
  options(device = default_device)
  note_drawing <- function(...) {
    state$drawn <- TRUE
    note_page()
  }
  setHook("plot.new", note_drawing)
  setHook("grid.newpage", note_drawing)
}

# ---- ggplot2 ----------------------------------------------------------------------------------------------------

replace_in_ggplot2 <- function() {
  inside <- asNamespace("ggplot2")
  printed <- inside$print.ggplot
  saved_by <- inside$ggsave
  # A plot that was saved and is shown next, unchanged, is no new picture.
  show <- function(x, newpage = is.null(vp), vp = NULL, ...) {
    if (is.null(vp) && on_default_device() && !is.null(state$saved) && identical(x, state$saved)) {
      ggplot2::set_last_plot(x)
      return(invisible(x))
    }
    printed(x, newpage = newpage, vp = vp, ...)
  }
  for (name in c("print.ggplot", "plot.ggplot")) put(name, show, "ggplot2")
  registerS3method("print", "ggplot", show, inside)
  registerS3method("plot", "ggplot", show, inside)
  put("ggsave", function(filename, plot = ggplot2::last_plot(), ...) {
    done <- saved_by(filename, plot, ...)
    state$saved <- plot
    invisible(done)
  }, "ggplot2")
}

# ---- Chance, the clock, other programs, the network -------------------------------------------------------------

replace_in_base <- function(now) {
  put("Sys.time", function() structure(now, class = c("POSIXct", "POSIXt")), "base")
  put("date", function() format(Sys.time(), "%a %b %e %H:%M:%S %Y"), "base")
  seeded <- base::set.seed
  put("set.seed", function(seed, kind = NULL, normal.kind = NULL, sample.kind = NULL) {
    seeded(if (is.null(seed)) 0L else seed, kind, normal.kind, sample.kind)
  }, "base")
  leave <- function(save = "default", status = 0, runLast = TRUE) {
    if (!identical(as.integer(status), 0L)) refuse("render.error", paste("the code ended with status", status))
    invokeRestart("end_of_program")
  }
  put("quit", leave, "base")
  put("q", leave, "base")
  # A library's own call fails as the sandbox would have it; the program's is refused by name.
  unless_of_library <- function(frame, what) {
    if (identical(topenv(frame), globalenv())) refuse("render.forbidden", paste(what, "starts another program"))
  }
  put("system", function(command, intern = FALSE, ...) {
    unless_of_library(parent.frame(), "system()")
    if (intern) structure(character(), status = 127L) else invisible(127L)
  }, "base")
  put("system2", function(command, args, stdout = "", ...) {
    unless_of_library(parent.frame(), "system2()")
    if (isTRUE(stdout)) structure(character(), status = 127L) else invisible(127L)
  }, "base")
  put("pipe", function(...) refuse("render.forbidden", "pipe() starts another program"), "base")
  put("Sys.which", function(names) structure(rep("", length(names)), names = names), "base")
  no_network <- function(...) refuse("render.forbidden", "there is no network here")
  for (name in c("url", "socketConnection", "serverSocket")) put(name, no_network, "base")
  put("download.file", no_network, "utils")
  # What is to be installed is here, or `library` says that it is not.
  put("install.packages", function(...) invisible(), "utils")
}

# ---- A program --------------------------------------------------------------------------------------------------

TIDYVERSE <- c("ggplot2", "tibble", "tidyr", "readr", "purrr", "dplyr", "stringr", "forcats", "lubridate")

# tidyverse does nothing but to attach these, and brings what has no place here along.
spread_tidyverse <- function(expression) {
  if (!is.call(expression) || !"tidyverse" %in% all.names(expression) && !"tidyverse" %in% all_texts(expression)) {
    return(expression)
  }
  if (as.character(expression[[1]])[[1]] %in% c("library", "require") && length(expression) > 1L) {
    if (!identical(as.character(expression[[2]]), "tidyverse")) return(expression)
    attach_each <- lapply(TIDYVERSE, function(name) call("library", as.name(name)))
    return(as.call(c(list(as.name("{")), attach_each, quote(invisible(TRUE)))))
  }
  for (part in seq_along(expression)) {
    if (is.call(expression[[part]])) expression[[part]] <- spread_tidyverse(expression[[part]])
  }
  expression
}

all_texts <- function(expression) {
  unlist(lapply(as.list(expression), function(part) {
    if (is.character(part)) part else if (is.call(part)) all_texts(part)
  }))
}

evaluate <- function(code) {
  lines <- strsplit(code, "\r?\n")[[1]]
  program <- parse(text = lines, srcfile = srcfilecopy("sample.R", lines), keep.source = TRUE, encoding = "UTF-8")
  places <- attr(program, "srcref")
  state$running <- TRUE
  for (number in seq_along(program)) {
    state$line <- places[[number]][[1]]
    shown <- withVisible(eval(spread_tidyverse(program[[number]]), globalenv()))
    if (shown$visible) print(shown$value)
    # The program may have removed all that is there, hidden names too: R would then ask the clock for a seed.
    if (!exists(".Random.seed", globalenv(), inherits = FALSE)) set.seed(0)
  }
}

# The line of the innermost call that the program's own code makes.
line_of_error <- function(calls) {
  for (call in rev(calls)) {
    place <- attr(call, "srcref")
    if (!is.null(place) && identical(attr(place, "srcfile")$filename, "sample.R")) return(place[[1]])
  }
  state$line
}

words_of <- function(error) {
  words <- conditionMessage(error)
  while (inherits(error <- error$parent, "condition")) {
    cause <- conditionMessage(error)
    if (!grepl(cause, words, fixed = TRUE)) words <- paste0(words, ": ", cause)
  }
  words
}

run <- function(code, pages) {
  state$pages <- pages
  set.seed(0)
  told <- c(reason = "", words = "")
  failed <- function(error) {
    reason <- if (inherits(error, "refusal")) error$reason else if (state$running) "error" else "syntax"
    told <<- c(reason, paste(words_of(error), collapse = " "))
  }
  withRestarts(
    tryCatch(
      withCallingHandlers(
        evaluate(code),
        error = function(error) state$line <- line_of_error(sys.calls()),
        warning = function(warning) {
          state$warned <- c(state$warned, conditionMessage(warning))
          invokeRestart("muffleWarning")
        }
      ),
      error = failed
    ),
    end_of_program = function() NULL
  )
  c(told, as.character(state$line), paste(tail_of(state$warned), collapse = "\n"), picture(), marks_seen())
}

tail_of <- function(texts) texts[seq_along(texts) > length(texts) - 20L]

picture <- function() {
  grDevices::graphics.off()
  files <- list.files(state$pages, pattern = "^[0-9]+-[0-9]+[.]png$")
  if (!length(files)) return(if (state$drawn) LOST else "")
  number <- as.integer(sub("-.*", "", files))
  page <- as.integer(sub(".*-([0-9]+)[.]png", "\\1", files))
  of_last <- number == number[[which.max(state$last[number])]]
  files[of_last][[which.max(page[of_last])]]
}

LOST <- "0-0.png" # the name of no page: one was begun and could not be written

# ---- The warm process -------------------------------------------------------------------------------------------

begin <- function() {
  state$opened <- 0L
  state$device <- integer()
  state$last <- integer()
  state$moment <- 0L
  state$drawn <- FALSE
  state$saved <- NULL
  state$warned <- character()
  forget_marks()
  state$line <- 1L
  state$running <- FALSE
}

LOADED <- c(
  "grid", "lattice", "ggplot2", "scales", "dplyr", "tidyr", "tibble", "purrr", "stringr", "forcats", "readr",
  "reshape2", "RColorBrewer", "viridisLite", "viridis", "gridExtra", "patchwork", "ggrepel"
)

warm_up <- function(pages, now, dpi, most_side, most_pixels, examples) {
  begin()
  state$dpi <- dpi
  state$most_side <- most_side
  state$most_pixels <- most_pixels
  options(
    cli.num_colors = 1L, crayon.enabled = FALSE, menu.graphics = FALSE, lifecycle_verbosity = "quiet",
    readr.show_progress = FALSE, readr.show_col_types = FALSE
  )
  replace_devices()
  replace_in_base(now)
  look_at_marks()
  for (package in LOADED) if (is_here(package)) loadNamespace(package)
  if (is_here("ggplot2")) replace_in_ggplot2()
  if (is_here("ggrepel")) {
    # Labels move until they part, and not until a clock says so.
    moved <- asNamespace("ggrepel")$repel_boxes2
    put("repel_boxes2", function(..., max_time) moved(..., max_time = Inf), "ggrepel")
  }
  if (is_here("ragg")) {
    loadNamespace("ragg")
    for (name in c("agg_png", "agg_jpeg", "agg_tiff", "agg_ppm")) put(name, agg_device, "ragg")
  }
  if (is_here("svglite")) {
    loadNamespace("svglite")
    put("svglite", page_device, "svglite")
  }
  state$pages <- pages
  here <- new.env(parent = if (is_here("ggplot2")) asNamespace("ggplot2") else globalenv())
  for (one in parse(text = examples)) {
    value <- withVisible(eval(one, here))
    if (value$visible) print(value$value)
  }
  picture()
  begin()
  if (exists(".Random.seed", globalenv(), inherits = FALSE)) rm(".Random.seed", envir = globalenv())
  gc()
  "ready"
}

list(
  run = run,
  warm_up = function(...) tryCatch(warm_up(...), error = function(error) paste("failed:", words_of(error)))
)
