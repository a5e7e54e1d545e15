// The objects that librdkafka hands out, each with an owner. Look
// at the settings: they say who waits when, and for how long.
#pragma once

#include <fmt/core.h>
#include <librdkafka/rdkafka.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

namespace kafka {

using Settings = std::map<std::string, std::string>;

struct Error : std::runtime_error {
  Error(const std::string& doing, rd_kafka_resp_err_t why)
      : std::runtime_error(doing + ": " + rd_kafka_err2str(why)) {
  }
};

// Frees the error. Returns zero if there is no error.
inline rd_kafka_resp_err_t code_of(rd_kafka_error_t* error) {
  const auto code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  return code;
}

// Trouble, such as a lost connection, passes: the library goes
// on trying.
inline void print_trouble(const std::string& what) {
  fmt::print(stderr, "Kafka: {}\n", what);
}

// After a fatal error the library has stopped trying: no further
// message will come.
inline void throw_if_fatal(rd_kafka_t* client) {
  std::array<char, 512> reason{};
  const auto error =
      rd_kafka_fatal_error(client, reason.data(), reason.size());
  if (error) throw Error(reason.data(), error);
}

// Where a message is in its topic.
struct Place {
  int partition;
  std::int64_t offset;
};

struct Message {
  std::string topic;
  std::string key;
  std::string text;
  Place place;
};

// Where to begin to read in a partition.
inline constexpr std::int64_t from_start =
    RD_KAFKA_OFFSET_BEGINNING;
inline constexpr std::int64_t from_commit =
    RD_KAFKA_OFFSET_STORED;

// While the broker that keeps a group's commits is away, the
// library waits, but only for session.timeout.ms. Then it says
// this.
inline constexpr auto no_coordinator =
    RD_KAFKA_RESP_ERR__WAIT_COORD;

// A real cluster, if the environment names one.
inline const char* real_cluster() {
  const char* name = std::getenv("KAFKA_BOOTSTRAP");
  return name != nullptr && *name != '\0' ? name : nullptr;
}

// Its address, or else the one on the command line.
inline std::string cluster(int argc, char* argv[]) {
  if (real_cluster() != nullptr) return real_cluster();
  if (argc > 1) return argv[1];
  throw std::invalid_argument(
      "which cluster? Give HOST:PORT, or set KAFKA_BOOTSTRAP");
}

// Frees whatever it is. A consumer that has not left its group
// before does not leave it here, because that would block.
struct Free {
  void operator()(rd_kafka_conf_t* it) const {
    rd_kafka_conf_destroy(it);
  }
  void operator()(rd_kafka_t* it) const {
    rd_kafka_destroy_flags(it,
                           RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
  void operator()(rd_kafka_topic_t* it) const {
    rd_kafka_topic_destroy(it);
  }
  void operator()(rd_kafka_queue_t* it) const {
    rd_kafka_queue_destroy(it);
  }
  void operator()(rd_kafka_event_t* it) const {
    rd_kafka_event_destroy(it);
  }
  void operator()(rd_kafka_message_t* it) const {
    rd_kafka_message_destroy(it);
  }
  void operator()(rd_kafka_topic_partition_list_t* it) const {
    rd_kafka_topic_partition_list_destroy(it);
  }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;
using Partitions = Owned<rd_kafka_topic_partition_list_t>;

inline Settings connecting(const std::string& cluster) {
  return {{"bootstrap.servers", cluster},
          {"reconnect.backoff.ms", "100"},
          {"reconnect.backoff.max.ms", "5000"}};
}

inline Settings producing(const std::string& cluster) {
  Settings settings = connecting(cluster);
  settings["acks"] = "all";
  settings["linger.ms"] = "0";
  settings["message.timeout.ms"] = "30000";
  return settings;
}

inline Settings consuming(const std::string& cluster,
                          const std::string& group) {
  Settings settings = connecting(cluster);
  settings["group.id"] = group;
  settings["enable.auto.commit"] = "false";
  settings["auto.offset.reset"] = "earliest";
  settings["fetch.wait.max.ms"] = "50";
  settings["session.timeout.ms"] = "6000";
  settings["heartbeat.interval.ms"] = "500";
  return settings;
}

// `events`: the kinds of event to put into a queue for us.
inline Owned<rd_kafka_t> make_client(rd_kafka_type_t type,
                                     const Settings& settings,
                                     int events) {
  Owned<rd_kafka_conf_t> conf(rd_kafka_conf_new());
  char reason[512];
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(),
                          reason,
                          sizeof reason) != RD_KAFKA_CONF_OK) {
      throw std::invalid_argument(reason);
    }
  }
  rd_kafka_conf_set_events(conf.get(), events);
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  Owned<rd_kafka_t> client(
      rd_kafka_new(type, conf.get(), reason, sizeof reason));
  if (!client) throw std::runtime_error(reason);
  static_cast<void>(conf.release());  // it is the client's now
  if (type == RD_KAFKA_CONSUMER) {
    rd_kafka_poll_set_consumer(client.get());
  }
  return client;
}

inline Partitions one_partition(const std::string& topic,
                                int partition,
                                std::int64_t offset) {
  Partitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(),
                                    partition)
      ->offset = offset;
  return list;
}

// Makes the client ask at once which brokers keep the topic. If
// it is given only the name, and is connected already, it asks
// when it next looks for such topics: once per second.
inline Owned<rd_kafka_topic_t> look_up(rd_kafka_t* client,
                                       const std::string& topic) {
  return Owned<rd_kafka_topic_t>(
      rd_kafka_topic_new(client, topic.c_str(), nullptr));
}

// Reads one partition, and nothing else.
inline void assign_to(rd_kafka_t* client,
                      const std::string& topic, int partition,
                      std::int64_t from) {
  const auto known = look_up(client, topic);
  const auto list = one_partition(topic, partition, from);
  const auto error = rd_kafka_assign(client, list.get());
  if (error) throw Error("reading " + topic, error);
}

inline Message to_message(const rd_kafka_message_t& from) {
  const auto text = [](const void* data, std::size_t size) {
    return std::string(static_cast<const char*>(data), size);
  };
  return {rd_kafka_topic_name(from.rkt),
          text(from.key, from.key_len),
          text(from.payload, from.len),
          {from.partition, from.offset}};
}

// The commit that says: this message and all before it are done.
inline Partitions done_with(const Message& message) {
  return one_partition(message.topic, message.place.partition,
                       message.place.offset + 1);
}

// Hands the message to librdkafka, which copies it. `mark` comes
// back with the report.
inline rd_kafka_resp_err_t hand_over(rd_kafka_t* client,
                                     const std::string& topic,
                                     const std::string& key,
                                     const std::string& text,
                                     std::uintptr_t mark) {
  const auto known = look_up(client, topic);
  if (!known) return rd_kafka_last_error();
  std::array<rd_kafka_vu_t, 5> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_RKT;
  parts[0].u.rkt = known.get();
  parts[1].vtype = RD_KAFKA_VTYPE_KEY;
  parts[1].u.mem = {const_cast<char*>(key.data()), key.size()};
  parts[2].vtype = RD_KAFKA_VTYPE_VALUE;
  parts[2].u.mem = {const_cast<char*>(text.data()), text.size()};
  parts[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[3].u.i = RD_KAFKA_MSG_F_COPY;
  parts[4].vtype = RD_KAFKA_VTYPE_OPAQUE;
  parts[4].u.ptr = reinterpret_cast<void*>(mark);
  return code_of(
      rd_kafka_produceva(client, parts.data(), parts.size()));
}

}  // namespace kafka
