// The output of the command: to a terminal of any width, or to a file or pipe.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace workbook {

// The reader of our standard output has gone (`./workbook | head -1`): end without a message.
class OutputClosed : public std::exception {
 public:
  const char* what() const noexcept override { return "standard output was closed"; }
};

enum class Style { plain, bold, dim, green, red };

class Console {
 public:
  Console();  // looks at the standard streams, NO_COLOR, TERM and COLUMNS
  virtual ~Console() = default;
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  bool colours() const { return colours_; }
  // In columns: of the terminal as it is now, otherwise COLUMNS, otherwise 80.
  virtual int width() const;

  // `text` in this style if colours are wanted, otherwise unchanged.
  std::string styled(Style style, std::string_view text) const;

  // Whether standard output is a terminal whose screen can be drawn afresh.
  bool has_screen() const { return has_screen_; }
  // Scrolls the contents of the screen, if there is one, out of sight: the user can scroll back to
  // them.
  void new_screen();
  // Erases the screen, which must exist, but nothing that was scrolled out of it.
  void clear_screen();

  // Writes all of `text` to standard output at once. Throws OutputClosed.
  virtual void print(std::string_view text);
  // One or more sentences and a line end, broken between words where the terminal ends.
  void say(std::string_view text, Style style = Style::plain);
  // The same on standard error, where a reader that has gone is not an error.
  virtual void complain(std::string_view text);
  // Another program's lines, unchanged, to standard error.
  virtual void print_errors(std::string_view text);

  // Shows on standard error what is being done. On a terminal each call rewrites the line;
  // elsewhere only the first one shows, so that a log has one line for it. `done` ends it.
  virtual void progress(std::string_view what, std::string_view detail);
  virtual void done();

 protected:
  struct NoStreams {};
  explicit Console(NoStreams) : errors_on_terminal_(false), has_screen_(false), colours_(false) {}

 private:
  bool errors_on_terminal_;
  bool has_screen_;
  bool colours_;
  std::string progress_;  // what the current progress line is about
};

// Collects the output as a text without colours, for a caller that has no terminal.
class TextConsole : public Console {
 public:
  using OnProgress = std::function<void(std::string_view)>;

  // Progress goes to `on_progress`, at once.
  explicit TextConsole(OnProgress on_progress = [](std::string_view) {})
      : Console(NoStreams{}), on_progress_(std::move(on_progress)) {}

  const std::string& text() const { return text_; }

  int width() const override { return 80; }
  void print(std::string_view text) override { text_ += text; }
  void complain(std::string_view text) override { on_progress_(text); }
  void print_errors(std::string_view text) override { text_ += text; }
  void progress(std::string_view, std::string_view detail) override { on_progress_(detail); }
  void done() override {}

 private:
  OnProgress on_progress_;
  std::string text_;
};

// `text` broken between words into lines of at most `width` columns. A word longer than a line
// stays whole. Line ends in `text` are kept.
std::string wrapped(std::string_view text, int width);

// The same for text to the right of something `indent` columns wide.
std::string indented(std::string_view text, int width, int indent);

// How many columns a UTF-8 text takes, for the letters used here.
int columns(std::string_view text);

}  // namespace workbook
