package org.letargo.hook.protocol;

import java.util.Optional;

/**
 * A VPS as it stands.
 *
 * @param memoryUsed bytes charged to it now; zero when it has no process
 * @param change the operation that is changing it at this moment
 */
public record VpsReport(
    VpsSpec spec, VpsStatus status, DataSize memoryUsed, Optional<OperationId> change) {}
