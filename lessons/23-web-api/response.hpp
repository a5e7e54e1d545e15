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

// The date, written anew only once a second: writing it takes
// longer than writing the rest of a head.
inline const std::string& date(std::time_t now) {
  thread_local std::time_t written = -1;
  thread_local std::string text;
  if (now != written) {
    text = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                       fmt::gmtime(now));
    written = now;
  }
  return text;
}

inline void add_header(std::string& head, std::string_view name,
                       std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

// All lines up to the body. The answer to HEAD is no more than
// that, with the Content-Length that the answer to GET has.
inline std::string head_of(const Response& response,
                           bool keeps_open) {
  std::string head = "HTTP/1.1 ";
  head.append(std::to_string(response.status)).append(" ");
  head.append(status_text(response.status)).append("\r\n");
  add_header(head, "Date", date(std::time(nullptr)));
  for (const auto& [name, value] : response.headers) {
    add_header(head, name, value);
  }
  if (response.status != 204) {
    add_header(head, "Content-Length",
               std::to_string(response.body.size()));
  }
  if (!keeps_open) add_header(head, "Connection", "close");
  head.append("\r\n");
  return head;
}

// Head and body in one piece: a small answer is one packet.
inline std::string text_of(const Response& response, bool is_head,
                           bool keeps_open) {
  std::string text = head_of(response, keeps_open);
  if (!is_head) text += response.body;
  return text;
}

}  // namespace http
