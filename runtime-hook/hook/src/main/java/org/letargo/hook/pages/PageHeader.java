package org.letargo.hook.pages;

/**
 * What goes before everything on the connection.
 *
 * @param flags of ADD_F
 * @param pages how many; any number may be sent
 * @param address of the first
 * @param id {@link PageObject#encoded} at a dump, the plain pid at a restore
 */
record PageHeader(int command, int flags, long pages, long address, long id) {
  static final int OPEN2 = 4;
  static final int PARENT = 5;
  static final int ADD_F = 6;
  static final int GET = 7;
  static final int CLOSE = 0x1023;
  static final int FORCE_CLOSE = 0x1024;

  static final int FLAG_PARENT = 1;
  static final int FLAG_LAZY = 2;
  static final int FLAG_PRESENT = 4;
}
