package org.letargo.archive.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(
    value = "org.letargo.archive.disk.KernelFileSystemCalls#isUsable",
    disabledReason = "device nodes and trusted attributes need root")
class KernelFileSystemCallsTest extends FileSystemCallsContract {
  @Override
  protected FileSystemCalls calls() {
    return new KernelFileSystemCalls();
  }

  @Test
  void findsHoles() throws IOException {
    Path file = scratch.resolve("file");
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(4096), 1 << 20);
    }
    calls().extend(file, 4 << 20);

    assertThat(ranges(file)).containsExactly(List.of(1L << 20, 4096L));
  }
}
