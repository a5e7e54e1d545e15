// Two owners of one descriptor: hiredis and a stream_descriptor.
// Look at whose file is closed in the end.
#include <fmt/core.h>
#include <hiredis/hiredis.h>

#include <asio.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>

#include "address.hpp"

int main(int argc, char* argv[]) {
  try {
    const auto address = redis::address_from(argc, argv);
    asio::io_context loop;
    redisContext* context = redisConnect(
        address.address().to_string().c_str(), address.port());
    std::optional<asio::posix::stream_descriptor> watched;
    watched.emplace(loop, context->fd);

    redisFree(context);  // closes the descriptor
    std::FILE* ledger = std::tmpfile();
    fmt::print("The ledger is open\n");
    watched.reset();  // closes it as well

    std::fputs("Order 1: soup\n", ledger);
    const int written = std::fflush(ledger);
    fmt::print("Written: {}\n",
               written == 0 ? "yes" : std::strerror(errno));
    std::fclose(ledger);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
