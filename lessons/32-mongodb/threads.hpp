// MongoDB's own C library, whose calls block: each of them takes
// a thread. Look at what ends the wait for a call.
#pragma once

#include <mongoc/mongoc.h>

#include <asio.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "../20-cpu-bound/run_on.hpp"
#include "address.hpp"
#include "answer.hpp"
#include "document.hpp"

namespace mongo {

class Threads {
 public:
  Threads(const Address& address, std::size_t count)
      : threads_(count) {
    mongoc_init();
    // libmongoc would write its log to the terminal.
    mongoc_log_set_handler(nullptr, nullptr);
    std::ostringstream text;
    text << "mongodb://" << address;
    const std::unique_ptr<mongoc_uri_t, Free> uri(
        mongoc_uri_new(text.str().c_str()));
    clients_.reset(mongoc_client_pool_new(uri.get()));
    if (!clients_) throw std::runtime_error("no pool of clients");
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() {
    threads_.join();
    clients_.reset();
    mongoc_cleanup();
  }

  // Waits for a thread, and then until the call returns: even if
  // it is cancelled.
  asio::awaitable<Document> command(Document question) {
    auto call = [this, question = std::move(question)] {
      return ask(question);
    };
    return run_on(threads_, std::move(call));
  }

 private:
  // For objects that C functions free.
  struct Free {
    void operator()(mongoc_uri_t* uri) const {
      mongoc_uri_destroy(uri);
    }
    void operator()(mongoc_client_pool_t* pool) const {
      mongoc_client_pool_destroy(pool);
    }
  };

  // Runs on one of the threads.
  Document ask(const Document& question) {
    const std::string& bytes = question.bytes();
    bson_t command;
    bson_init_static(
        &command,
        reinterpret_cast<const std::uint8_t*>(bytes.data()),
        bytes.size());
    mongoc_client_t* const client =
        mongoc_client_pool_pop(clients_.get());
    bson_t reply;
    bson_error_t error;
    const bool good = mongoc_client_command_simple(
        client, database, &command, nullptr, &reply, &error);
    mongoc_client_pool_push(clients_.get(), client);
    const std::string answer(
        reinterpret_cast<const char*>(bson_get_data(&reply)),
        reply.len);
    bson_destroy(&reply);
    const Document all(answer);
    if (all.has("ok")) throw_refusal(all);
    if (!good) throw Lost(error.message);
    return all;
  }

  std::unique_ptr<mongoc_client_pool_t, Free> clients_{};
  asio::thread_pool threads_;
};

}  // namespace mongo
