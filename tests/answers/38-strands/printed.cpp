// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  fmt::print("Start entry Ann -60\n");
  fmt::print("Start entry Cleo -30\n");
  fmt::print("Start entry Ben -80\n");
  fmt::print("End entry Ann -60: 40 left\n");
  fmt::print("Start entry Ann -30\n");
  fmt::print("End entry Cleo -30: 70 left\n");
  fmt::print("End entry Ben -80: 20 left\n");
  fmt::print("End entry Ann -30: 10 left\n");
  fmt::print("Not enough: Ann to Ben 30\n");
  fmt::print("The bank says no: Ben to Cleo 80\n");
  fmt::print("Start entry Ben +80\n");
  fmt::print("End entry Ben +80: 100 left\n");
  fmt::print("Start entry Ben -90\n");
  fmt::print("The bank says yes: Ann to Ben 60\n");
  fmt::print("The bank says yes: Cleo to Ann 30\n");
  fmt::print("Start entry Ann +30\n");
  fmt::print("End entry Ben -90: 10 left\n");
  fmt::print("Start entry Ben +60\n");
  fmt::print("End entry Ann +30: 40 left\n");
  fmt::print("End entry Ben +60: 70 left\n");
  fmt::print("The bank says yes: Ann to Cleo 30\n");
  fmt::print("Start entry Cleo +30\n");
  fmt::print("End entry Cleo +30: 100 left\n");
  fmt::print("The bank says yes: Ben to Ann 90\n");
  fmt::print("Start entry Ann +90\n");
  fmt::print("End entry Ann +90: 130 left\n");
  fmt::print("Elapsed: 2.2s\n");
}
