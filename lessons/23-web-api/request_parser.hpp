// Takes a request apart as it comes in. A piece may end
// anywhere, and hold the beginning of the next request.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "body_size.hpp"
#include "head.hpp"
#include "request.hpp"
#include "words.hpp"

namespace http {

class RequestParser {
 public:
  // A client that sends more is refused, to spare our memory.
  static constexpr std::size_t head_limit = 8 * 1024;
  static constexpr std::size_t body_limit = 64 * 1024;

  // Takes the part of a piece that belongs to this request, and
  // returns its size. Throws a Refusal if this is not a valid
  // request.
  std::size_t take(std::string_view piece) {
    const std::size_t size = piece.size();
    while (!piece.empty() && !done()) {
      if (next_ == Next::body) {
        take_body(piece);
      } else if (completes_line(piece)) {
        take_line();
        line_.clear();
      }
    }
    return size - piece.size();
  }

  // Has anything come, besides empty lines?
  bool begun() const {
    return next_ != Next::request_line || !line_.empty();
  }
  bool done() const { return next_ == Next::nothing; }
  Request& request() { return request_; }

  // Does the client wait for "100 Continue" before it sends the
  // body? True only once.
  bool wants_go_ahead() {
    const bool wants =
        next_ == Next::body && !go_ahead_given_ &&
        request_.body.empty() &&
        lower_case(request_.header("expect")) == "100-continue";
    if (wants) go_ahead_given_ = true;
    return wants;
  }

 private:
  // What the next byte belongs to.
  enum class Next { request_line, header, body, nothing };

  // Moves a piece's bytes to `line_`, up to the end of the line.
  // Returns whether the line is complete.
  bool completes_line(std::string_view& piece) {
    const std::size_t end = piece.find('\n');
    const bool complete = end != std::string_view::npos;
    const std::size_t size = complete ? end + 1 : piece.size();
    head_size_ += size;
    if (head_size_ > head_limit) {
      throw next_ == Next::request_line
          ? Refusal(414, "the path is too long")
          : Refusal(431, "the head is longer than 8 kB");
    }
    line_ += piece.substr(0, size);
    piece.remove_prefix(size);
    if (complete && !line_.ends_with("\r\n")) {
      throw Refusal(400, "a line does not end in CR and LF");
    }
    return complete;
  }

  void take_line() {
    const auto line =
        std::string_view(line_).substr(0, line_.size() - 2);
    const bool odd = std::any_of(
        line.begin(), line.end(), [](unsigned char c) {
          return c == 127 || (c < ' ' && c != '\t');
        });
    if (odd) {
      throw Refusal(400,
                    "a control character in a line of the head");
    }
    if (next_ == Next::request_line) {
      if (line.empty()) return;  // left by the previous request
      read_request_line(line, request_);
      next_ = Next::header;
    } else if (!line.empty()) {
      read_header(line, request_);
    } else {
      left_ = read_body_size(request_, body_limit);
      next_ = left_ > 0 ? Next::body : Next::nothing;
    }
  }

  void take_body(std::string_view& piece) {
    const std::size_t size = std::min(piece.size(), left_);
    request_.body += piece.substr(0, size);
    piece.remove_prefix(size);
    left_ -= size;
    if (left_ == 0) next_ = Next::nothing;
  }

  Next next_ = Next::request_line;
  std::string line_;           // the line so far
  std::size_t head_size_ = 0;  // bytes in front of the body
  std::size_t left_ = 0;       // bytes of the body to come
  bool go_ahead_given_ = false;
  Request request_;
};

}  // namespace http
