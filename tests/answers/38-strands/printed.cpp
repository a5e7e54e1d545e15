// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  fmt::print("Start entry Ann -60\n");
  fmt::print("Start entry Cleo -30\n");
  fmt::print("Start entry Ben -80\n");
  fmt::print("Start entry Dan -20\n");
  fmt::print("End entry Ann -60: 40 left\n");
  fmt::print("End entry Cleo -30: 70 left\n");
  fmt::print("End entry Ben -80: 20 left\n");
  fmt::print("End entry Dan -20: 80 left\n");
  fmt::print("Start entry Ann +30\n");
  fmt::print("The bank says no: Ben to Cleo 80\n");
  fmt::print("Start entry Ben +80\n");
  fmt::print("End entry Ann +30: 70 left\n");
  fmt::print("Start entry Ann +20\n");
  fmt::print("End entry Ben +80: 100 left\n");
  fmt::print("Start entry Ben +60\n");
  fmt::print("End entry Ann +20: 90 left\n");
  fmt::print("Start entry Ann -60\n");
  fmt::print("End entry Ben +60: 160 left\n");
  fmt::print("End entry Ann -60: 30 left\n");
  fmt::print("Not enough: Ann to Ben 60\n");
  fmt::print("Start entry Cleo +60\n");
  fmt::print("End entry Cleo +60: 130 left\n");
  fmt::print("Start entry Dan -10\n");
  fmt::print("End entry Dan -10: 70 left\n");
  fmt::print("Start entry Cleo +10\n");
  fmt::print("End entry Cleo +10: 140 left\n");
  fmt::print("Elapsed: 3.7s\n");
}
