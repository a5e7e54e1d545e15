// Where PostgreSQL is: DATABASE_URL in the environment, or else
// the argument.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace pg {

inline std::string address_from(int argc, char* argv[]) {
  const char* url = std::getenv("DATABASE_URL");
  if (url != nullptr && *url != '\0') return url;
  if (argc == 2) return argv[1];
  throw std::runtime_error(
      "give the address of a PostgreSQL server: "
      "postgresql://USER@HOST:PORT/DATABASE");
}

}  // namespace pg
