// A private RabbitMQ: its own ports and folder, and nothing that stays behind. What to look for: it
// must not start its service of names, nor find the settings of another RabbitMQ.
#pragma once

#include <fmt/core.h>
#include <unistd.h>

#include <asio.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine.hpp"
#include "readiness.hpp"

namespace servers {

class RabbitMq {
 public:
  // Another broker of the cluster of `first`, which must outlive it, and must run when this one is
  // started for the first time. Without `first` the first broker of a cluster, or the only one.
  explicit RabbitMq(asio::any_io_executor executor, const RabbitMq* first = nullptr)
      : executor_(executor), readiness_(executor, folder_.path()), first_(first) {
    std::string settings = fmt::format(
        "listeners.tcp.1 = 127.0.0.1:{}\n"
        "log.console = false\n"
        "disk_free_limit.absolute = 50MB\n",
        port_);
    if (first_ != nullptr) {
      settings += fmt::format(
          "cluster_formation.peer_discovery_backend = classic_config\n"
          "cluster_formation.classic_config.nodes.1 = {}\n"
          "cluster_formation.classic_config.nodes.2 = {}\n",
          first_->node(), node());
    }
    write("rabbitmq.conf", settings);
    write("enabled_plugins", "[].\n");
  }

  std::string address() const { return fmt::format("127.0.0.1:{}", port_); }
  unsigned short port() const { return port_; }
  ChildProcess& process() { return *broker_; }

  // The first time, and again after it has ended or was killed: on the same port, with the same
  // folder.
  asio::awaitable<void> start() {
    if (first_ == nullptr && !names_) co_await start_names();
    broker_.reset();  // before another one replaces it
    broker_ = start_engine(executor_, {program()}, environment(), folder_.path());
    co_await readiness_.wait_for(*broker_, "RabbitMQ");
  }

 private:
  std::filesystem::path path(std::string_view file) const { return folder_.path() / file; }

  void write(std::string_view file, std::string_view text) { std::ofstream(path(file)) << text; }

  std::string node() const { return fmt::format("lesson{}@localhost", port_); }

  // Debian's program of that name in the PATH changes the user.
  static std::string program() {
    const std::string plain = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    return access(plain.c_str(), X_OK) == 0 ? plain : "rabbitmq-server";
  }

  std::vector<EnvironmentChange> environment() const {
    return {
        // Where the secret is that the brokers of a cluster share.
        {"HOME", (first_ == nullptr ? folder_ : first_->folder_).path().string()},
        readiness_.variable(),
        {"RABBITMQ_CONF_ENV_FILE", "/dev/null"},
        {"RABBITMQ_NODENAME", node()},
        {"RABBITMQ_MNESIA_BASE", path("data").string()},
        {"RABBITMQ_LOG_BASE", folder_.path().string()},
        {"RABBITMQ_CONFIG_FILE", path("rabbitmq.conf").string()},
        {"RABBITMQ_ADVANCED_CONFIG_FILE", path("none").string()},
        {"RABBITMQ_ENABLED_PLUGINS_FILE", path("enabled_plugins").string()},
        {"RABBITMQ_PID_FILE", path("pid").string()},
        {"RABBITMQ_GENERATED_CONFIG_DIR", path("generated").string()},
        {"RABBITMQ_SCHEMA_DIR", path("schema").string()},
        // By default RabbitMQ takes its name late, and starts a second Erlang before that, which
        // takes a second or two.
        {"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
         fmt::format("-sname {} -start_epmd false -kernel inet_dist_use_interface {{127,0,0,1}} "
                     "inet_dist_listen_min {} inet_dist_listen_max {}",
                     node(), inner_port_, inner_port_)},
        {"ERL_EPMD_PORT", std::to_string(names_port_)},
        {"ERL_EPMD_ADDRESS", "127.0.0.1"},
        {"ERL_CRASH_DUMP_SECONDS", "0"},
    };
  }

  // Erlang programs find each other by a service of names, epmd. If it does not run, RabbitMQ
  // starts it as a daemon, which would stay behind.
  asio::awaitable<void> start_names() {
    names_ = start_engine(executor_, {"epmd", "-port", std::to_string(names_port_)}, environment(),
                          folder_.path());
    co_await wait_for_listener(names_port_);
  }

  asio::any_io_executor executor_;
  PrivateFolder folder_{"rabbitmq"};
  Readiness readiness_;
  const unsigned short port_ = free_port();
  const unsigned short inner_port_ = free_port();
  const RabbitMq* first_;
  const unsigned short names_port_ = first_ == nullptr ? free_port() : first_->names_port_;
  std::unique_ptr<ChildProcess> names_;
  std::unique_ptr<ChildProcess> broker_;
};

}  // namespace servers
