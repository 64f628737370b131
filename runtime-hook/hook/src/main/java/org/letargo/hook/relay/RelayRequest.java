package org.letargo.hook.relay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/**
 * What {@code letargo-relay} sends: seven fields, each ended by a zero byte.
 *
 * <pre>
 * relay                                      hook
 *   letargo-relay/1 0 kind 0 vps 0 stage 0
 *   init pid 0 image folder 0 state JSON 0   ---->
 *   (half-close)
 *                                            <----  one status byte, then a message until the end
 * </pre>
 *
 * @param kind an OCI hook, or the engine's action script
 * @param stage {@code createRuntime}, {@code post-dump}, ...
 * @param initPid PID 1 of the VPS on the host; 0 if not told
 */
record RelayRequest(Kind kind, VpsName vps, String stage, long initPid) {
  static final int MAX_BYTES = 2 << 20;
  private static final String PROTOCOL = "letargo-relay/1";
  private static final int FIELDS = 7;

  /** Who runs the relay. */
  enum Kind {
    OCI,
    ACTION
  }

  static RelayRequest parse(byte[] bytes) throws IOException {
    List<String> fields = Arrays.asList(new String(bytes, StandardCharsets.UTF_8).split("\0", -1));
    if (fields.size() < FIELDS || !fields.get(0).equals(PROTOCOL)) {
      throw new IOException("the relay does not speak " + PROTOCOL);
    }
    Kind kind =
        switch (fields.get(1)) {
          case "oci" -> Kind.OCI;
          case "action" -> Kind.ACTION;
          default -> throw new IOException("unknown kind " + fields.get(1));
        };
    try {
      long pid =
          kind == Kind.OCI
              ? Json.MAPPER.readTree(fields.get(6)).path("pid").asLong(0)
              : fields.get(4).isEmpty() ? 0 : Long.parseLong(fields.get(4));
      return new RelayRequest(kind, new VpsName(fields.get(2)), fields.get(3), pid);
    } catch (VpsException | NumberFormatException e) {
      throw new IOException("bad field: " + e.getMessage(), e);
    }
  }
}
