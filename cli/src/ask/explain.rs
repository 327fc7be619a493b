//! `notice explain`: why a viewer does not see an announcement.

use notice::Query;
use notice::wire::Answer;

use crate::common::Common;
use crate::console::Look;
use crate::exit::Outcome;
use crate::reference;
use crate::viewer::Asked;

/// Explain why a viewer sees an announcement, or every rule that hides it
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Its number, or its key
    #[arg(value_name = "ANNOUNCEMENT")]
    which: String,
    #[command(flatten)]
    asked: Asked,
    /// Moment to ask for in place of now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let console = &session.console;
    let mut viewer = arguments.asked.viewer()?;
    if let Some(at) = &arguments.at {
        let at = console.times.milliseconds("--at", at)?;
        let shown = console.times.show_ms(at);
        console.tell(format!("as of {shown}"), format!("截至 {shown}"))?;
        viewer = viewer.at(at);
    }
    let board = session.reading()?;
    let id = reference::resolve(&*board, &arguments.which)?;
    let explanation = board.explain(id, &Query::editor().viewer(viewer))?;
    let (mark, words) = match explanation.visible {
        true => (
            console.paint.text(Look::Good, "✓"),
            console.word("is visible to this viewer", "对该读者可见"),
        ),
        false => (
            console.paint.text(Look::Bad, "✗"),
            console.word("is hidden from this viewer", "对该读者不可见"),
        ),
    };
    console.line(&format!("{mark} #{id} {words}"))?;
    for finding in &explanation.findings {
        let words = console
            .times
            .in_words(finding.words.get(console.language()));
        let rule = console.paint.text(Look::Dim, finding.rule.name());
        console.paragraph(&format!("  {rule}  {words}"), "    ")?;
    }
    if let Some(at) = explanation.next_change_at {
        let at = console.times.show_ms(at);
        console.tell(format!("  changes at {at}"), format!("  下次变化：{at}"))?;
    }
    console.json(&Answer::Explanation(explanation).to_value())?;
    console.finish()
}
