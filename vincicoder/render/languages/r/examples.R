# Drawn once by the warm R, so that forks find fonts found and functions compiled. No picture is kept.
plot(mtcars$wt, mtcars$mpg, main = "Title", xlab = "weight", col = "red", pch = 19)
abline(lm(mpg ~ wt, mtcars))
legend("topright", c("a", "b"), col = 1:2, lty = 1)
hist(mtcars$mpg, breaks = 10)
barplot(table(mtcars$cyl))
boxplot(mpg ~ cyl, mtcars)
graphics.off()
ggplot(mtcars, aes(wt, mpg, colour = factor(cyl))) + geom_point() + geom_smooth(method = "lm", formula = y ~ x) +
  facet_wrap(~gear) + theme_minimal() + labs(title = "Title", x = "x") + scale_colour_brewer(palette = "Set1")
ggplot(mtcars, aes(factor(cyl), fill = factor(gear))) + geom_bar() + theme_bw() + theme(legend.position = "bottom")
ggplot(mtcars, aes(wt, mpg, fill = hp)) + geom_line() + geom_col() + geom_text(aes(label = cyl)) +
  scale_y_continuous(breaks = 1:3) + scale_fill_gradient(low = "white", high = "red") + theme_classic()
ggplot(mtcars, aes(factor(cyl), mpg, fill = factor(cyl))) + geom_boxplot() + geom_jitter() + coord_flip()
ggplot(mtcars, aes(mpg, fill = factor(cyl))) + geom_density(alpha = 0.5) + scale_fill_manual(values = 2:4)
ggplot(mtcars, aes(mpg)) + geom_histogram(bins = 9) + ggtitle("Title")
graphics.off()
