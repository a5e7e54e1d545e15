// An HTTP request, and the answer to a malformed one.
#pragma once

#include <map>
#include <stdexcept>
#include <string>

namespace http {

struct Request {
  std::string method;  // GET
  std::string path;    // /menu
  std::string query;   // day=friday, of /menu?day=friday
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
  bool keeps_open = false;  // a further request may follow

  // The value of a header; empty if it is missing.
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

// Thrown for malformed or oversized requests. After it there is
// no telling where the next request begins: the connection ends
// with the answer.
struct Refusal : std::runtime_error {
  Refusal(int status, const char* reason)
      : std::runtime_error(reason), status(status) {}
  int status;
};

}  // namespace http
