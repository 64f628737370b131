import {el} from './dom.js';

const SEVERITIES = {
  blocks: 'Blocks',
  handled: 'Handled',
  lost: 'Not kept',
};

/** What stands in the way of a checkpoint, and what is worth knowing of one. */
export function obstacleList(obstacles) {
  return el(
    'ul',
    {class: 'obstacles', 'data-testid': 'obstacles'},
    ...obstacles.map((obstacle) =>
      el(
        'li',
        {'data-code': obstacle.code, 'data-severity': obstacle.severity},
        el('span', {class: 'severity'}, SEVERITIES[obstacle.severity] ?? obstacle.severity),
        el(
          'div',
          {},
          el('p', {}, where(obstacle), obstacle.reason),
          obstacle.remedy ? el('p', {class: 'remedy'}, obstacle.remedy) : null,
        ),
      ),
    ),
  );
}

/** Who and what, as far as it is known, with a colon. */
function where({process, resource}) {
  const parts = [
    process ? `${process.command || 'process'}${process.pid ? ` (${process.pid})` : ''}` : '',
    resource ? `${resource.type} ${resource.name}${resource.detail ? ` ${resource.detail}` : ''}` : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? `${parts.join(', ')}: ` : '';
}
