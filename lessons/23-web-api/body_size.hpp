// How long is the body? A front server and ours must agree on
// that, or part of one request passes for another.
#pragma once

#include <charconv>
#include <cstddef>
#include <string>
#include <system_error>

#include "request.hpp"
#include "words.hpp"

namespace http {

// Returns how long the body is, once the head is complete.
// `limit` is how long it may be.
inline std::size_t read_body_size(Request& request,
                                  std::size_t limit) {
  const bool is_old = !request.keeps_open;  // HTTP/1.0
  if (has_word(request.header("connection"), "close")) {
    request.keeps_open = false;
  }
  const auto host = request.headers.find("host");
  if (host == request.headers.end() && !is_old) {
    throw Refusal(400, "the header Host is missing");
  }
  const auto length = request.headers.find("content-length");
  const bool has_length = length != request.headers.end();
  if (request.headers.contains("transfer-encoding")) {
    if (has_length || is_old) {
      throw Refusal(400,
                    "Transfer-Encoding with Content-Length, or "
                    "in HTTP/1.0");
    }
    const auto coding =
        lower_case(request.header("transfer-encoding"));
    if (coding == "chunked") {
      throw Refusal(411, "the header Content-Length is missing");
    }
    throw Refusal(501, "the Transfer-Encoding is unknown");
  }
  if (!has_length) return 0;
  const std::string& text = length->second;
  const char* end = text.data() + text.size();
  std::size_t size = 0;
  const auto [stop, error] =
      std::from_chars(text.data(), end, size);
  if (error == std::errc::invalid_argument || stop != end) {
    throw Refusal(400, "Content-Length is not a number");
  }
  if (error != std::errc{} || size > limit) {
    throw Refusal(413, "the body is too long");
  }
  return size;
}

}  // namespace http
