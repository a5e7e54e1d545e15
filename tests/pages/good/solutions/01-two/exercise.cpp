// Prints in time.
int main() {
  wait(0.3);
  print("three");
}
