// Asks the server to stop what it is doing for a connection. Look
// at why this takes a second connection, and whether the loop or
// a thread waits for it.
#pragma once

#include <postgresql/libpq-fe.h>

#include <array>
#include <asio.hpp>
#include <memory>
#include <utility>

#include "../20-cpu-bound/run_on.hpp"
#include "descriptor.hpp"

namespace pg {

// The server reads nothing from a connection that is active. So
// the request takes a second one. It may arrive too late, or not
// at all: only the answer on the first connection shows whether
// the statement was cancelled.
#ifdef LIBPQ_HAS_ASYNC_CANCEL
inline asio::awaitable<void> request_cancel(PGconn* connection) {
  struct Finish {
    void operator()(PGcancelConn* it) const {
      PQcancelFinish(it);
    }
  };
  const std::unique_ptr<PGcancelConn, Finish> request(
      PQcancelCreate(connection));
  if (!PQcancelStart(request.get())) co_return;
  auto step = PGRES_POLLING_WRITING;
  while (step == PGRES_POLLING_READING ||
         step == PGRES_POLLING_WRITING) {
    co_await ready(PQcancelSocket(request.get()), step);
    step = PQcancelPoll(request.get());
  }
}
#else
// Before libpq 17 it blocks, so a thread does it.
inline asio::awaitable<void> request_cancel(PGconn* connection) {
  struct Free {
    void operator()(PGcancel* it) const { PQfreeCancel(it); }
  };
  const std::unique_ptr<PGcancel, Free> request(
      PQgetCancel(connection));
  asio::thread_pool thread(1);
  auto send = [&request] {
    std::array<char, 256> reason{};
    PQcancel(request.get(), reason.data(), reason.size());
  };
  co_await run_on(thread, send);
}
#endif

}  // namespace pg
