# Counts the marks of which a picture could be a mosaic, as `vincicoder/reward/copies.py` weighs them: boxes, dots and
# the cells of bitmaps, with the information in their colours or places. `embedded.py` reads this file before
# session.R, into the same environment.

seen <- new.env(parent = emptyenv())
FEWEST <- 100L
MOST <- 1000000L

forget_marks <- function() {
  seen$count <- 0
  seen$levels <- raw()
  seen$decoded <- 0
}

# One of 256 levels for each value.
levels_of <- function(values) {
  if (is.character(values) || is.factor(values)) values <- match(values, unique(values)) %% 256L
  values <- suppressWarnings(as.numeric(values))
  values <- values[is.finite(values)]
  if (!length(values)) return(raw())
  ends <- range(values)
  as.raw(if (ends[[2]] > ends[[1]]) floor((values - ends[[1]]) * (255 / (ends[[2]] - ends[[1]]))) else 0 * values)
}

add_marks <- function(count, ...) {
  seen$count <- seen$count + count
  if (seen$count <= MOST) for (values in list(...)) seen$levels <- c(seen$levels, levels_of(values))
}

marks_seen <- function() {
  notes <- if (seen$decoded > 0) c("decoded_image", sprintf("decoded_bytes:%.0f", seen$decoded))
  if (seen$count < FEWEST) return(notes)
  information <- if (seen$count > MOST) MOST else length(memCompress(seen$levels, "gzip"))
  c(notes, sprintf("marks:%.0f/%.0f", seen$count, information))
}

# Have a function looked at: `look` gets what it returns, and what it was given.
look_at <- function(name, package, look) {
  original <- get(name, envir = asNamespace(package))
  put(name, function(...) {
    value <- original(...)
    try(look(value, list(...)), silent = TRUE)
    invisible(value)
  }, package)
}

look_at_marks <- function() {
  loadNamespace("grid")
  forget_marks()
  look_at("rectGrob", "grid", function(grob, given) {
    add_marks(max(lengths(list(grob$x, grob$y, grob$width, grob$height))), grob$gp$fill)
  })
  look_at("pointsGrob", "grid", function(grob, given) add_marks(length(grob$x), grob$x, grob$y, grob$gp$col))
  look_at("rasterGrob", "grid", function(grob, given) add_marks(length(grob$raster), as.vector(grob$raster)))
  look_at("rasterImage", "graphics", function(value, given) {
    add_marks(length(given[[1]]), as.vector(grDevices::as.raster(given[[1]])))
  })
  look_at("rect", "graphics", function(value, given) add_marks(max(lengths(given[1:4])), given$col))
  look_at("plot.xy", "graphics", function(value, given) {
    if (given[[2]] %in% c("p", "b", "o")) add_marks(length(given[[1]]$x), given[[1]]$x, given[[1]]$y, given$col)
  })
  look_at("image.default", "graphics", function(value, given) {
    cells <- Filter(is.matrix, given)[[1]]
    add_marks(length(cells), cells)
  })
  registerS3method("image", "default", get("image.default", asNamespace("graphics")), asNamespace("graphics"))
  for (reader in c(png = "readPNG", jpeg = "readJPEG")) {
    local({
      name <- reader
      package <- c(readPNG = "png", readJPEG = "jpeg")[[name]]
      setHook(packageEvent(package, "onLoad"), function(...) {
        look_at(name, package, function(value, given) {
          source <- given[[1]]
          seen$decoded <- seen$decoded + if (is.raw(source)) length(source) else file.size(source)
        })
      })
    })
  }
}
