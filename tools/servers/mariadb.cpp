#include "mariadb.hpp"

#include "server.hpp"

int main(int, char* argv[]) {
  return servers::run_server(argv, servers::serve_engine<servers::Mariadb>);
}
