package org.letargo.hook.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InodeTest {
  @ParameterizedTest
  @CsvSource({
    "800001, 0x801", // 8:1
    "0fe00000, 0xfe00", // 254:0
    "29, 0x29", // 0:41, overlay
    "001fffff, 0xfff001ff", // 1:0xfffff
    "fff00100, 0x1fff00", // 4095:256
  })
  void writesDevicesAsStatDoes(String kernel, String stat) {
    assertThat(Inode.ofKernel(Long.parseLong(kernel, 16), 7))
        .isEqualTo(new Inode(Long.decode(stat), 7));
  }
}
