// ./workbook serve in the small checkout, and a client that sends it arbitrary requests.
#pragma once

#include <asio/ip/tcp.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "command_session.hpp"

struct Answer {
  int status = 0;  // 0: there is none
  std::map<std::string, std::string> headers;
  std::string body;

  nlohmann::json json() const { return nlohmann::json::parse(body); }
};

class SiteSession {
 public:
  using Headers = std::map<std::string, std::string>;
  using Json = nlohmann::json;
  using Socket = asio::ip::tcp::socket;

  // Serves a site of a few files in the shared checkout.
  explicit SiteSession(const Environment& environment = {});

  Session& session() { return session_; }
  const std::string& host() const { return host_; }  // "127.0.0.1:4321"
  const std::string& token() const { return token_; }
  static const std::filesystem::path& site();

  Socket connect();
  // Everything that comes until the server has closed the connection.
  std::string rest_of(Socket& socket);
  // Sends it, and returns everything that comes until the server has closed the connection.
  std::string say(const std::string& text);
  // Asks like a browser that has the address; an empty header is not sent.
  Answer ask(const std::string& method, const std::string& path, const std::string& body = {},
             const Headers& headers = {});

  // A job's number.
  int start(const Json& job);
  // Asks for events until one matches, or the job is done; returns all events so far.
  Json events_until(int job, const std::function<bool(const Json& event)>& fits);
  Json all_events(int job);
  void stop(int job);

 private:
  asio::io_context loop_;
  std::string host_;
  std::string token_;
  Session session_;
};

// Those of this type.
nlohmann::json of_type(const nlohmann::json& events, const std::string& type);
