// What the command says: to a terminal of any width, or to a file or pipe.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace workbook {

// Nobody reads our standard output any more (`./workbook | head -1`): end without a word.
class OutputClosed : public std::exception {
 public:
  const char* what() const noexcept override { return "standard output was closed"; }
};

enum class Style { plain, bold, dim, green, red };

class Console {
 public:
  Console();  // asks what the standard streams are, NO_COLOR, TERM and COLUMNS

  bool colours() const { return colours_; }
  // In columns: of the terminal as it is now, else COLUMNS, else 80.
  int width() const;

  // `text` in this style where colours are wanted, else as it is.
  std::string styled(Style style, std::string_view text) const;

  // Whether standard output is a terminal whose screen can be drawn afresh.
  bool has_screen() const { return has_screen_; }
  // Moves what is on the screen, if there is one, to where one can scroll back to it.
  void new_screen();
  // Erases what is on the screen, which there must be, and nothing that was scrolled out of it.
  void clear_screen();

  // Writes all of `text` to standard output at once. Throws OutputClosed.
  void print(std::string_view text);
  // One or more sentences and a line end, broken between words where the terminal ends.
  void say(std::string_view text, Style style = Style::plain);
  // The same on standard error, where a reader that has gone is not an error.
  void complain(std::string_view text);
  // Somebody else's lines, as they are, to standard error.
  void print_errors(std::string_view text);

  // What is being done, on standard error. On a terminal each call rewrites the line; elsewhere
  // only the first one shows, so that a log has one line for it. `done` ends it.
  void progress(std::string_view what, std::string_view detail);
  void done();

 private:
  bool errors_on_terminal_;
  bool has_screen_;
  bool colours_;
  std::string progress_;  // what the current progress line is about
};

// `text` broken between words into lines of at most `width` columns. A word longer than a line
// stays whole. Line ends in `text` are kept.
std::string wrapped(std::string_view text, int width);

// The same for text that stands right of something `indent` columns wide.
std::string indented(std::string_view text, int width, int indent);

// How many columns a UTF-8 text takes, for the letters used here.
int columns(std::string_view text);

}  // namespace workbook
