package org.letargo.hook.cgroup;

import java.nio.file.Path;

/** Each kind of control groups on every host, for the tests of other packages. */
public final class BothKinds {
  private BothKinds() {}

  public static Cgroups hybrid(Path top, String instance) {
    return new HybridCgroups(top, instance);
  }

  public static Cgroups unified(Path top, String instance) {
    return new UnifiedCgroups(top, instance);
  }
}
