package org.letargo.archive.disk;

import org.letargo.archive.disk.testing.MemoryFileSystemCalls;

class MemoryTemplateFileTest extends TemplateFileContract {
  private final FileSystemCalls calls = new MemoryFileSystemCalls();

  @Override
  protected FileSystemCalls calls() {
    return calls;
  }
}
