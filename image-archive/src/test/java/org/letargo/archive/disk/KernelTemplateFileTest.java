package org.letargo.archive.disk;

import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(
    value = "org.letargo.archive.disk.KernelFileSystemCalls#isUsable",
    disabledReason = "device nodes and trusted attributes need root")
class KernelTemplateFileTest extends TemplateFileContract {
  @Override
  protected FileSystemCalls calls() {
    return new KernelFileSystemCalls();
  }
}
