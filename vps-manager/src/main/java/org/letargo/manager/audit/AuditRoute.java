package org.letargo.manager.audit;

import java.util.List;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** The audit: look. */
public final class AuditRoute {
  private static final int DEFAULT_LIMIT = 100;

  record AuditList(List<AuditEntry> entries) {}

  private final AuditLog log;

  public AuditRoute(AuditLog log) {
    this.log = log;
  }

  public void addTo(Endpoints endpoints) {
    endpoints.add("listAudit", this::list);
  }

  private void list(Call call) {
    int limit = call.query("limit", DEFAULT_LIMIT);
    call.blocking(() -> call.answer(200, new AuditList(log.list(limit))));
  }
}
