// An HTTP answer, taken apart as it arrives. A piece may end
// anywhere: look at what the parser keeps for the next one.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

// "Text/HTML" and "text/html" are the same to HTTP.
inline std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return text;
}

struct Response {
  int status = 0;
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;

  // The value of a header; empty if the header is not there.
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

class ResponseParser {
 public:
  // A longer answer is refused: it must not fill our memory.
  static constexpr std::size_t head_limit = 64 * 1024;
  static constexpr std::size_t body_limit = 16 * 1024 * 1024;

  // Takes the next piece, and returns how many of its bytes
  // belong to the answer. Throws if they are not a valid answer.
  std::size_t take(std::string_view piece) {
    const std::size_t size = piece.size();
    while (!piece.empty() && !done()) {
      if (next_ == Next::body || next_ == Next::chunk ||
          next_ == Next::rest) {
        take_body(piece);
      } else if (completes_line(piece)) {
        take_line();
        line_.clear();
      }
    }
    return size - piece.size();
  }

  // No more pieces will follow: the server has hung up.
  void end() {
    if (next_ == Next::rest) next_ = Next::nothing;
    if (!done()) fail("the connection was cut in mid-answer");
  }

  bool done() const { return next_ == Next::nothing; }
  const Response& response() const { return response_; }

 private:
  // What the next byte belongs to.
  enum class Next {
    status_line,
    header,
    body,        // of the length that the head gives
    rest,        // a body that ends with the connection
    chunk_size,  // a chunk: a line with its size,
    chunk,       // that many bytes,
    chunk_end,   // and the end of a line
    trailer,     // headers after the last chunk
    nothing,     // everything is there
  };

  [[noreturn]] static void fail(const char* what) {
    throw std::runtime_error(what);
  }

  // Moves a piece's bytes, up to the end of the line, to
  // `line_`. Returns whether the line is complete.
  bool completes_line(std::string_view& piece) {
    const std::size_t end = piece.find('\n');
    const bool complete = end != std::string_view::npos;
    const std::size_t size = complete ? end + 1 : piece.size();
    head_size_ += size;
    if (head_size_ > head_limit) {
      fail("the head of the answer is longer than 64 kB");
    }
    line_ += piece.substr(0, size);
    piece.remove_prefix(size);
    if (!complete) return false;
    line_.pop_back();
    if (line_.ends_with('\r')) line_.pop_back();
    return true;
  }

  void take_line() {
    const bool odd = std::any_of(
        line_.begin(), line_.end(), [](unsigned char c) {
          return c == 127 || (c < ' ' && c != '\t');
        });
    if (odd) fail("a control character in a line of the answer");
    switch (next_) {
      case Next::status_line:
        return take_status_line();
      case Next::header:
        return line_.empty() ? end_head() : take_header();
      case Next::chunk_size:
        return take_chunk_size();
      case Next::chunk_end:
        if (!line_.empty())
          fail("a chunk is longer than its size says");
        next_ = Next::chunk_size;
        return;
      default:  // trailers are not needed
        if (line_.empty()) next_ = Next::nothing;
    }
  }

  // "HTTP/1.1 200 OK". The words are for people: we skip them.
  void take_status_line() {
    const auto digits = [&](std::size_t at, std::size_t count) {
      const auto found =
          line_.find_first_not_of("0123456789", at);
      return std::min(found, line_.size()) == at + count;
    };
    const bool is_http = line_.starts_with("HTTP/1.") &&
                         digits(7, 1) && line_[8] == ' ' &&
                         digits(9, 3) && line_[9] != '0' &&
                         (line_.size() == 12 || line_[12] == ' ');
    if (!is_http) fail("the answer is not HTTP/1.x");
    response_.status = std::stoi(line_.substr(9, 3));
    next_ = Next::header;
  }

  // "Content-Type: text/html". Repeated names form a list.
  void take_header() {
    const std::size_t colon = line_.find(':');
    const std::string name = lower_case(line_.substr(0, colon));
    if (colon == std::string::npos || name.empty() ||
        name.find_first_of(" \t") != std::string::npos) {
      fail("a line of the head is not a header");
    }
    std::string& value = response_.headers[name];
    if (!value.empty()) value += ", ";
    value += trimmed(line_.substr(colon + 1));
  }

  // The head is complete. It says how the body will end.
  void end_head() {
    const int status = response_.status;
    if (status < 200) {  // "wait": the real answer follows
      response_ = {};
      next_ = Next::status_line;
      return;
    }
    const auto coding = response_.header("content-encoding");
    if (!coding.empty() && lower_case(coding) != "identity") {
      fail("the page is compressed, despite our request");
    }
    const auto transfer = response_.header("transfer-encoding");
    const auto length = response_.header("content-length");
    if (status == 204 || status == 304) {
      next_ = Next::nothing;
    } else if (!transfer.empty()) {
      if (lower_case(transfer) != "chunked" || !length.empty()) {
        fail(
            "Transfer-Encoding is unknown, or comes with "
            "Content-Length");
      }
      next_ = Next::chunk_size;
      head_size_ = 0;
    } else if (response_.headers.contains("content-length")) {
      left_ = size_of(length, 10);
      next_ = left_ == 0 ? Next::nothing : Next::body;
    } else {
      next_ = Next::rest;
    }
  }

  // "1a", and maybe ";" and an extension, which we ignore.
  void take_chunk_size() {
    left_ =
        size_of(trimmed(line_.substr(0, line_.find(';'))), 16);
    next_ = left_ == 0 ? Next::trailer : Next::chunk;
    head_size_ = 0;  // from here on a limit for each chunk
  }

  void take_body(std::string_view& piece) {
    const bool to_the_end = next_ == Next::rest;
    const std::size_t size =
        to_the_end ? piece.size() : std::min(piece.size(), left_);
    check_size(size);
    response_.body += piece.substr(0, size);
    piece.remove_prefix(size);
    if (to_the_end) return;
    left_ -= size;
    if (left_ > 0) return;
    next_ =
        next_ == Next::chunk ? Next::chunk_end : Next::nothing;
  }

  std::size_t size_of(std::string_view text, int base) const {
    std::size_t size = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] =
        std::from_chars(text.data(), end, size, base);
    if (error == std::errc::invalid_argument || stop != end) {
      fail("a length in the answer is not a number");
    }
    if (error != std::errc{}) size = body_limit + 1;
    check_size(size);
    return size;
  }

  void check_size(std::size_t more) const {
    if (more > body_limit - response_.body.size()) {
      fail("the page is larger than 16 MB");
    }
  }

  static std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string::npos) return "";
    const std::size_t end = text.find_last_not_of(" \t");
    return text.substr(begin, end - begin + 1);
  }

  Next next_ = Next::status_line;
  std::string line_;           // the part of a line so far
  std::size_t head_size_ = 0;  // bytes outside of the body
  std::size_t left_ = 0;       // bytes to come, of body or chunk
  Response response_;
};
