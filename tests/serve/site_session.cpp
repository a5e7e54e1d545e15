#include "site_session.hpp"

#include <fmt/format.h>

#include <asio/buffer.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <sstream>

#include "files.hpp"

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

const fs::path& built_site() {
  static const fs::path folder = [] {
    const Result set_up = call({});
    REQUIRE_MESSAGE(set_up.status == 0, set_up.output);
    const fs::path site = shared_checkout().build() / "site";
    fs::create_directories(site / "sub");
    workbook::write_file(site / "index.html", "<p>start</p>\n");
    workbook::write_file(site / "sub" / "index.html", "<p>sub</p>\n");
    workbook::write_file(site / "a b.js", "// script\n");
    return site;
  }();
  return folder;
}

Environment with_folders(const Environment& environment) {
  built_site();
  Environment result =
      Checkout::environment({{"WORKBOOK_CHECKOUT", shared_checkout().root().string()},
                             {"WORKBOOK_BUILD", shared_checkout().build().string()}});
  result.insert(result.end(), environment.begin(), environment.end());
  return result;
}

}  // namespace

SiteSession::SiteSession(const Environment& environment)
    : session_({WORKBOOK_BUILD "/workbook", "serve", "--as-built"}, with_folders(environment)) {
  const std::string before = session_.expect_next("/#token=");
  host_ = before.substr(before.find("//") + 2);
  token_ = session_.expect_next("\n");
}

const fs::path& SiteSession::site() {
  return built_site();
}

SiteSession::Socket SiteSession::connect() {
  Socket socket(loop_);
  const auto port = static_cast<unsigned short>(std::stoi(host_.substr(host_.find(':') + 1)));
  socket.connect({asio::ip::address_v4::loopback(), port});
  return socket;
}

std::string SiteSession::rest_of(Socket& socket) {
  std::string text;
  bool closed = false;
  asio::async_read(socket, asio::dynamic_buffer(text),
                   [&closed](asio::error_code, std::size_t) { closed = true; });
  loop_.restart();
  loop_.run_for(patience);
  if (!closed) FAIL("The server does not close the connection. It said:\n", text);
  return text;
}

std::string SiteSession::say(const std::string& text) {
  Socket socket = connect();
  asio::error_code ignored;  // it may be refused before everything is sent
  asio::write(socket, asio::buffer(text), ignored);
  return rest_of(socket);
}

Answer SiteSession::ask(const std::string& method, const std::string& path, const std::string& body,
                        const Headers& headers) {
  Headers all{{"Host", host_}, {"X-Workbook-Token", token_}, {"Connection", "close"}};
  if (!body.empty()) all["Content-Length"] = std::to_string(body.size());
  for (const auto& [name, value] : headers) all[name] = value;
  std::string text = fmt::format("{} {} HTTP/1.1\r\n", method, path);
  for (const auto& [name, value] : all) {
    if (!value.empty()) text += fmt::format("{}: {}\r\n", name, value);
  }
  const std::string said = say(text + "\r\n" + body);

  Answer answer;
  const auto end = said.find("\r\n\r\n");
  if (end == std::string::npos) return answer;
  std::istringstream head(said.substr(0, end + 2));
  std::string line;
  std::getline(head, line);
  answer.status = std::stoi(line.substr(line.find(' ')));
  while (std::getline(head, line)) {
    const auto colon = line.find(": ");
    answer.headers[line.substr(0, colon)] = line.substr(colon + 2, line.size() - colon - 3);
  }
  answer.body = said.substr(end + 4);
  return answer;
}

int SiteSession::start(const Json& job) {
  const Answer answer = ask("POST", "/api/jobs", job.dump());
  REQUIRE_MESSAGE(answer.status == 201, answer.body);
  return answer.json()["job"];
}

Json SiteSession::events_until(int job, const std::function<bool(const Json&)>& fits) {
  Json all = Json::array();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    const Answer answer = ask("GET", fmt::format("/api/jobs/{}/events?after={}", job, all.size()));
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    const Json more = answer.json();
    bool found = false;
    for (const Json& event : more["events"]) {
      all.push_back(event);
      CHECK(event["number"] == all.size());
      found = found || fits(event);
    }
    if (found || more["done"]) return all;
  }
  FAIL("What was waited for did not happen, but: ", all.dump());
  return all;
}

Json SiteSession::all_events(int job) {
  return events_until(job, [](const Json&) { return false; });
}

void SiteSession::stop(int job) {
  CHECK(ask("POST", fmt::format("/api/jobs/{}/stop", job)).status == 200);
}

Json of_type(const Json& events, const std::string& type) {
  Json found = Json::array();
  for (const Json& event : events) {
    if (event["type"] == type) found.push_back(event);
  }
  return found;
}
