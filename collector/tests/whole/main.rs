//! The collector as a whole: what goes in over HTTP, and what comes out.

#[cfg(test)]
mod ask;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod derived;
#[cfg(test)]
mod intake;
#[cfg(test)]
mod interface;
#[cfg(test)]
mod judged;
#[cfg(test)]
mod load;
#[cfg(test)]
mod made;
#[cfg(test)]
mod oonis;
#[cfg(test)]
mod order;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod running;
