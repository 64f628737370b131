package org.letargo.manager.audit;

import java.time.Instant;
import java.util.Optional;

/**
 * One request that changed something, looked into a VPS or was refused.
 *
 * @param by the name of the token, {@code -} if there was none
 * @param action the operation of the API, such as {@code suspendVps}
 * @param from the address that it came from
 * @param status the HTTP status of the answer
 * @param operation the operation that it began
 * @param outcome how that stands now
 */
public record AuditEntry(
    Instant at,
    String by,
    String action,
    String path,
    String from,
    int status,
    Optional<String> operation,
    Optional<String> outcome) {}
