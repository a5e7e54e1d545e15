// The server behind ./workbook serve: the built pages, and the jobs that they start on this
// machine. It is lesson 23's server, which listens on loopback only and can handle clients that are
// slow or many, or that have gone.
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

// Must outlive the run of the loop.
class SiteServer {
 public:
  // Serves the site in this folder. Throws std::system_error if the port is taken.
  SiteServer(asio::io_context& loop, Context& context, std::filesystem::path site,
             unsigned short port);

  // With the token, for the browser.
  std::string address() const;

  // Serves until it is stopped and the clients connected at that time have been answered.
  asio::awaitable<void> run();

  // Accepts no more clients, and ends all jobs.
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
