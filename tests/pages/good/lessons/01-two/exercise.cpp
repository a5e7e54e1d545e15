// Prints too early. As it is, it takes 0.0s and should take 0.3s.
int main() {
  // TODO: wait.
  print("three");
}
