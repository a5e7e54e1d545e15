// The server behind ./workbook serve: the built pages, and what they can have done on this machine.
// It is lesson 23's, which listens on loopback only and knows what to do with clients that are
// slow, many, or none.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "../../../lessons/23-web-api/server.hpp"
#include "access.hpp"
#include "context.hpp"
#include "jobs.hpp"
#include "lessons.hpp"
#include "static_files.hpp"

namespace workbook {

// Must be there for as long as the loop runs.
class SiteServer {
 public:
  // Serves the site in this folder. Throws std::system_error if the port is taken.
  SiteServer(asio::io_context& loop, Context& context, std::filesystem::path site,
             unsigned short port);

  // With the token, for the browser.
  std::string address() const;

  // Serves until it is stopped, and until who is here then has been answered.
  asio::awaitable<void> run();

  // Takes nobody in any more, and ends all jobs.
  asio::awaitable<void> stop();

 private:
  asio::awaitable<http::Response> answer(http::Request request);
  asio::awaitable<http::Response> answer_api(const http::Request& request,
                                             std::vector<std::string> path);
  http::Response describe_lesson(const Lesson& lesson);
  http::Response start_job(const http::Request& request);
  http::Response read_exercise(const Lesson& lesson);
  http::Response write_exercise(const Lesson& lesson, const http::Request& request);
  http::Response give_hint(const Lesson& lesson);

  Context& context_;
  StaticFiles files_;
  Jobs jobs_;
  http::Server server_;
  Access access_;
};

}  // namespace workbook
