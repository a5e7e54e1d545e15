// The charset of a page that declares none, guessed from its
// bytes. Look at who frees the detector, and when.
#pragma once

#include <uchardet/uchardet.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "../10-http-request/response.hpp"
#include "../10-http-request/title.hpp"
#include "page_title.hpp"

struct DeleteDetector {
  void operator()(uchardet_t detector) const {
    uchardet_delete(detector);
  }
};
using Detector =
    std::unique_ptr<std::remove_pointer_t<uchardet_t>,
                    DeleteDetector>;

// The name of the charset, or "" if none fits the bytes.
inline std::string guessed_charset(std::string_view bytes) {
  const Detector detector(uchardet_new());
  if (uchardet_handle_data(detector.get(), bytes.data(),
                           bytes.size()) != 0) {
    throw std::runtime_error("uchardet failed on the page");
  }
  uchardet_data_end(detector.get());
  return lower_case(uchardet_get_charset(detector.get()));
}

// A fallback for page_title().
inline std::string detected_charset(const Response& response) {
  const std::string& page = response.body;
  // Text in another charset is almost never valid UTF-8, unless
  // its bytes are ASCII's, as in ISO-2022-JP.
  if (to_utf8(title(page), "utf-8")) return "utf-8";
  // Guessing holds the thread: the beginning must be enough.
  return guessed_charset(std::string_view(page).substr(0, 65536));
}
