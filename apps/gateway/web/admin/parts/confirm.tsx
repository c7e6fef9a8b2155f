import type { ComponentChildren } from 'preact';
import type { FormState } from '../state/form';
import { Dialog } from './dialog';
import { Form, Submit } from './form';

/** Asks before something that cannot be taken back. */
export function Confirm(props: {
  title: string;
  state: FormState;
  action: string;
  onConfirm: () => void;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const { title, state, action, onConfirm, onClose, children } = props;
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        state={state}
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
        }}
      >
        {children}
        <div class="buttons">
          <button class="small" type="button" onClick={onClose}>
            Cancel
          </button>
          <Submit state={state} look="small danger">
            {action}
          </Submit>
        </div>
      </Form>
    </Dialog>
  );
}
