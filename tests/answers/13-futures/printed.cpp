// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  fmt::print("Ann looks up\nBen looks up\nCleo looks up\n");
  fmt::print("Board: the train to Rome will not run\nCleo takes the bus\n");
  fmt::print("Board: the train to Oslo leaves from 4\n");
  fmt::print("Ann is at platform 4\nBen is at platform 4\n");
  fmt::print("Elapsed: 3.0s\n");
}
