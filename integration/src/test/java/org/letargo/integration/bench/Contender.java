package org.letargo.integration.bench;

/** Who does the work. */
enum Contender {
  LETARGO("Letargo"),
  RUNTIME("runc alone"),
  PODMAN("podman");

  private final String title;

  Contender(String title) {
    this.title = title;
  }

  /** The head of its column. */
  String title() {
    return title;
  }
}
