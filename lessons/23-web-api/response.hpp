// The answer to a request, as it is sent.
#pragma once

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <ctime>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace http {

struct Response {
  int status = 200;
  std::string body;
  std::map<std::string, std::string> headers;  // further ones
};

// `text` is JSON already.
inline Response json(std::string text, int status = 200) {
  Response response{status, std::move(text), {}};
  response.headers["Content-Type"] = "application/json";
  return response;
}

// For refusals and other sentences that contain no quotes.
inline Response problem(int status, std::string_view sentence) {
  return json(fmt::format(R"({{"error":"{}"}})", sentence),
              status);
}

// The words are for people; for programs the number is enough.
inline std::string_view status_text(int status) {
  static const std::map<int, std::string_view> words{
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {400, "Bad Request"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {411, "Length Required"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"}};
  const auto found = words.find(status);
  return found == words.end() ? "" : found->second;
}

// All lines up to the body. The answer to HEAD is no more than
// that, and has the length that GET would have.
inline std::string head_of(const Response& response,
                           bool keeps_open) {
  std::string head = fmt::format(
      "HTTP/1.1 {} {}\r\n"
      "Date: {:%a, %d %b %Y %H:%M:%S} GMT\r\n",
      response.status, status_text(response.status),
      fmt::gmtime(std::time(nullptr)));
  for (const auto& [name, value] : response.headers) {
    head += fmt::format("{}: {}\r\n", name, value);
  }
  if (response.status != 204) {
    head += fmt::format("Content-Length: {}\r\n",
                        response.body.size());
  }
  if (!keeps_open) head += "Connection: close\r\n";
  return head + "\r\n";
}

// Both in one piece, so that they are sent in one packet.
inline std::string text_of(const Response& response, bool is_head,
                           bool keeps_open) {
  std::string text = head_of(response, keeps_open);
  if (!is_head) text += response.body;
  return text;
}

}  // namespace http
