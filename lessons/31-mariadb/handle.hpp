// libmariadb's own object for a connection. Look at what is set
// before it connects.
#pragma once

#include <mariadb/mysql.h>

#include <memory>
#include <new>

#include "address.hpp"

namespace maria {

struct Close {
  void operator()(MYSQL* handle) const { mysql_close(handle); }
};
using Handle = std::unique_ptr<MYSQL, Close>;

inline Handle new_handle(const Address& address) {
  Handle handle(mysql_init(nullptr));
  if (!handle) throw std::bad_alloc();
  mysql_options(handle.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
  // A server must not ask us for files.
  const unsigned int no = 0;
  mysql_options(handle.get(), MYSQL_OPT_LOCAL_INFILE, &no);
  // By default "localhost" is a socket, whatever the port.
  const unsigned int protocol = address.socket.empty()
                                    ? MYSQL_PROTOCOL_TCP
                                    : MYSQL_PROTOCOL_SOCKET;
  mysql_options(handle.get(), MYSQL_OPT_PROTOCOL, &protocol);
  return handle;
}

inline const char* or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

}  // namespace maria
